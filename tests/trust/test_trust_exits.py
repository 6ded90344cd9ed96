"""Every place that writes is known, and hands what it writes to the filter."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import ROOT
from entra_client import TENANT, live_sandbox
from source_modules import MODULES, name_of_module, nodes, tree_of

from checker.auth import provider
from checker.auth.interface import VARIABLES, Credentials
from checker.sandbox.serving.serve import running
from checker.secrecy.known import Secrets, begin_run
from checker.secrecy.variables import SIGN_IN

CHECKER = ROOT / "checker"
# What writes bytes or files, and why it may. Whatever is written as text to a standard stream passes the filter of
# cli/concealed_streams.
WRITERS = {
    "documents/whole_files.py": "conceals what it writes",
    "documents/files.py": "opens for reading alone",
    "documents/real_folders.py": "opens folders",
    "remediation/journal_file.py": "conceals what it writes",
    "cli/output.py": "conceals what it writes",
    "cli/streams.py": "opens the null device",
    "evidence/signature.py": "a signature, through a pipe to ssh-keygen",
    "remediation/lock.py": "a lock holds nothing",
    "store/tables.py": "rows of a snapshot that was concealed when it was fetched",
}
CALLS = {"os.write", "os.open", "open", "os.fdopen", "write_text", "write_bytes", "NamedTemporaryFile", "mkstemp"}


def writes(module: Path) -> Iterator[str]:
    for node in nodes(tree_of(module)):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        if name not in CALLS and name.rpartition(".")[2] not in {"write_text", "write_bytes", "mkstemp"}:
            continue
        modes = [argument.value for argument in node.args[1:2] if isinstance(argument, ast.Constant)]
        if name == "open" and (not node.args[1:] or modes in (["rb"], ["r"])):
            continue
        yield f"{name} in line {node.lineno}"


def test_only_known_modules_write() -> None:
    names = {one: name_of_module(one).removeprefix("checker/") for one in MODULES}
    others = [
        one for one, name in names.items() if name not in WRITERS and "sandbox" not in one.relative_to(CHECKER).parts
    ]
    found = {names[one]: list(writes(one)) for one in others}
    assert {name: calls for name, calls in found.items() if calls} == {}, (
        "let it conceal what it writes, and name it in WRITERS"
    )


@pytest.mark.parametrize("name", [name for name, why in WRITERS.items() if why.startswith("conceals")])
def test_what_writes_conceals(name: str) -> None:
    assert "conceal_document(" in (CHECKER / name).read_text(encoding="utf-8")


def test_every_variable_of_sign_in_with_a_telling_name_is_a_secret() -> None:
    telling = ("SECRET", "PASSWORD", "TOKEN", "HEADER", "KEY")
    named = {name for name in VARIABLES if name.endswith(telling)}
    assert named == set(SIGN_IN)


def test_tokens_of_a_person_are_known_as_soon_as_they_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = live_sandbox()
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        sandbox.directory.approve_device_code(text.partition("code ")[2].partition(" ")[0], "secops@contoso.example")

    with running(sandbox) as endpoints, begin_run(secrets := Secrets()):
        monkeypatch.setenv("SSL_CERT_FILE", str(endpoints.ca_file))
        known = Credentials(
            tenant=TENANT.tenant_id,
            client_id=TENANT.client_id,
            authority=endpoints.authority,
            resource="https://graph.microsoft.com",
            interactive=True,
            say=say,
        )
        person = provider("device-code", known)
        access = person.token()
        (refresh,) = person._application.token_cache.search("RefreshToken")  # type: ignore[attr-defined]
    # The code that the person has to type is shown.
    assert said == [secrets.conceal(said[0])]
    assert secrets.conceal(f"[{access}] [{refresh['secret']}]") == "[***] [***]"
    assert secrets.conceal(refresh["secret"][:40]) == "***"
