"""``scoregate auth``: who signs in, and what that allows."""

import datetime
from typing import Annotated

import click
import msgspec

from checker.auth.standing import standing
from checker.cli.options import taken
from checker.cli.options.redact import Redact
from checker.cli.options.shared import outputs_as
from checker.cli.options.source import SignInOptions
from checker.cli.output import parse_outputs, write_answer
from checker.cli.plain_option import plain_option
from checker.cli.progress import say
from checker.cli.redaction import learn_tenant, redacted_answer
from checker.errors import EXIT_NOT_JUDGED, EXIT_PASSED
from checker.sources.choose import enter
from checker.views.auth import FORMATS, render


class AuthOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``auth``."""

    purposes: Annotated[
        tuple[str, ...],
        plain_option(
            "--for",
            "purposes",
            type=click.Choice(["check", "apply"]),
            multiple=True,
            help="Exit 0 only if this command is allowed; check if not given. May be repeated.",
        ),
    ]
    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]
    redact: Redact
    sign_in: SignInOptions


@click.command(short_help="Show who signs in, and with which permissions.")
@taken(AuthOptions)
def auth(options: AuthOptions) -> int:
    """Sign in and show the tenant, application, method, kind of token, permissions held and missing, roles and expiry.

    \b
    Examples:
      scoregate auth
      scoregate auth --for apply -o json

    \b
    Methods in the order of --auth auto, and what each needs besides AZURE_TENANT_ID and AZURE_CLIENT_ID:
      ready-token       SCOREGATE_ACCESS_TOKEN, and nothing else
      client-secret     AZURE_CLIENT_SECRET
      certificate       AZURE_CLIENT_CERTIFICATE_PATH
      federated         GitHub Actions: the job's permission 'id-token: write'
                        Azure Pipelines: SYSTEM_ACCESSTOKEN, AZURESUBSCRIPTION_SERVICE_CONNECTION_ID
                        GitLab: id_tokens: {SCOREGATE_OIDC_TOKEN: {aud: api://AzureADTokenExchange}}
                        Kubernetes: AZURE_FEDERATED_TOKEN_FILE, which the webhook sets
      managed-identity  nothing: Azure sets its variables
      device-code       a person at a terminal
      browser           the same, with --auth browser only
      azure-cli         'az login' as a service principal or a managed identity

    Graph is not called: the answer is what the token contains.
    Exit codes: 0 the commands in question are allowed, 3 they are not, or there is no token.
    """
    wanted = parse_outputs(options.output, FORMATS)
    asked = tuple(dict.fromkeys(options.purposes)) or ("check",)
    entrance = enter(options.sign_in.request(), say, write="apply" in asked)
    answer = standing(entrance, asked, datetime.datetime.now(datetime.UTC))
    # An application belongs to a tenant.
    learn_tenant(names=[answer.application])
    shown = redacted_answer(answer, options.redact, [answer.tenant])
    write_answer([(one, render(one.format, shown, one.screen)) for one in wanted])
    return EXIT_PASSED if answer.allowed else EXIT_NOT_JUDGED
