"""One place writes files: whole, private, never through a link. Whoever else creates or renames a file says why."""

import ast
from collections.abc import Iterator

import pytest
from source_modules import MODULES, name_of_module, nodes, tree_of

WRITERS = {"checker/documents/whole_files.py", "checker/documents/real_folders.py"}
# By module, what it calls beside, and why that is none of its outputs.
ALLOWED = {
    "checker/cli/output.py": {"os.open"},  # the null device, for a reader that went away
    "checker/cli/streams.py": {"os.open"},  # as above
    "checker/remediation/lock.py": {"os.open", "os.makedirs"},  # holds nothing, and must not be replaced
    "checker/auth/cache.py": {"os.makedirs"},  # the file is that of msal's extension, which encrypts it
    # The emulation shares no code with what it tests.
    "checker/sandbox/serving/certificates.py": {"tempfile.TemporaryDirectory", ".write_bytes", ".touch"},
    "checker/sandbox/entra/managed_identity_routes.py": {"os.open", "os.fdopen"},
}
WRITING = {
    *(f"os.{name}" for name in ("replace", "rename", "renames", "link", "symlink", "mkdir", "makedirs", "mkfifo")),
    *(f"os.{name}" for name in ("chmod", "truncate", "creat", "mknod", "fdopen")),
    *(f".{name}" for name in ("write_text", "write_bytes", "touch", "symlink_to", "hardlink_to", "mkdir")),
}
LIBRARIES = ("tempfile", "shutil")
READS_ONLY = {"shutil.which", "shutil.get_terminal_size"}
FLAGS = {"O_WRONLY", "O_RDWR", "O_CREAT", "O_APPEND", "O_TRUNC"}


def name_of(function: ast.expr) -> str:
    """``os.open`` and the like; ``.name`` for a method of anything else."""
    if isinstance(function, ast.Name):
        return function.id
    if isinstance(function, ast.Attribute):
        holder = function.value
        is_module = isinstance(holder, ast.Name) and holder.id in {"os", "io", *LIBRARIES}
        return f"{holder.id}.{function.attr}" if is_module and isinstance(holder, ast.Name) else f".{function.attr}"
    return ""


def mode_of(call: ast.Call, position: int) -> str:
    given = [one.value for one in call.keywords if one.arg == "mode"]
    given += call.args[position : position + 1]
    return str(given[0].value) if given and isinstance(given[0], ast.Constant) else "r" if not given else "?"


def flags_of(call: ast.Call) -> set[str]:
    """The flags of ``os.open`` that write; an unknown value may be any of them."""
    nodes = list(ast.walk(call.args[1])) if len(call.args) > 1 else []
    known = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    names = {node.id for node in nodes if isinstance(node, ast.Name)} - {"os", "_NO_WAIT"}
    return (known & FLAGS) | names


def writes(call: ast.Call) -> bool:
    name = name_of(call.func)
    if name in {"open", "io.open"}:
        return not set(mode_of(call, 1)) <= set("rbt")
    if name == ".open":
        return not set(mode_of(call, 0)) <= set("rbt")
    if name == "os.open":
        return bool(flags_of(call))
    return name in WRITING or (name.startswith(LIBRARIES) and name not in READS_ONLY)


def found_in(tree: ast.Module) -> Iterator[str]:
    for node in nodes(tree):
        if isinstance(node, ast.Call) and writes(node):
            yield name_of(node.func)


def test_one_place_writes_files() -> None:
    found = {name_of_module(one): set(found_in(tree_of(one))) for one in MODULES}
    others = {name: calls for name, calls in found.items() if calls and name not in WRITERS}
    assert others == ALLOWED, "write with checker.documents.whole_files, or say here why not"


@pytest.mark.parametrize(
    "code",
    [
        "open(path, 'w')",
        "open(path, mode='ab')",
        "open(path, how)",
        "io.open(path, 'x')",
        "path.open('w')",
        "path.write_text('')",
        "path.write_bytes(b'')",
        "os.open(path, os.O_WRONLY | os.O_CREAT)",
        "os.open(path, flags)",
        "os.replace(a, b)",
        "tempfile.NamedTemporaryFile()",
        "shutil.copy(a, b)",
    ],
)
def test_each_way_to_write_is_seen(code: str) -> None:
    assert list(found_in(ast.parse(code)))


@pytest.mark.parametrize(
    "code", ["open(path)", "open(path, 'rb')", "path.open(encoding='utf-8')", "os.open(path, os.O_RDONLY)"]
)
def test_reading_is_none(code: str) -> None:
    assert not list(found_in(ast.parse(code)))
