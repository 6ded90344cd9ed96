"""What a run knows to be secret from its beginning: by its environment and its arguments."""

import os
from collections.abc import Mapping, Sequence

from checker.secrecy.known import Secrets
from checker.secrecy.variables import OTHERS, SIGN_IN


def known_secrets(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> Secrets:
    """The secrets in variables, and in every URL that a variable or an argument holds: proxies, stores, hooks."""
    variables = os.environ if environment is None else environment
    secrets = Secrets()
    for name in (*SIGN_IN, *OTHERS):
        value = variables.get(name)
        if value:
            secrets.learn(value)
            secrets.learn(value.partition("://")[2])
            secrets.learn_query(value)
    for text in (*variables.values(), *arguments):
        if "://" in text:
            secrets.learn_addresses(text)
    for text in arguments:
        if "://" in text:
            # Where it was not meant to be, such as behind a mistyped option, it is shown in a message.
            secrets.learn_services(text)
    return secrets
