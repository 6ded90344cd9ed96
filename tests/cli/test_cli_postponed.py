"""Modules that are imported when they are first used."""

import copy
import re
import subprocess
import sys
import threading

import click
import pytest

from checker.cli.plain_option import PlainOption
from checker.cli.registry import load_commands
from checker.postponed_patterns import PostponedPattern, postponed_patterns


def _python(program: str) -> str:
    """What a program of Python prints, in a process of its own."""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return run.stdout


@pytest.mark.parametrize(
    ("name", "use"),
    [
        ("inspect", "inspect.cleandoc('  a')"),
        ("xml.dom.minidom", "xml.dom.minidom.parseString('<a/>').documentElement.tagName"),
    ],
)
def test_a_postponed_module_is_imported_when_it_is_used(name: str, use: str) -> None:
    shown = _python(
        f"import sys; from checker.cli.postponed import postpone; postpone()\n"
        f"import {name}\n"
        f"before = sys.modules['{name}']\n"
        f"print(hasattr(before, '__file__'))\n"
        f"print({use})\n"
        f"print(sys.modules['{name}'] is before, vars(before).get('__file__') == sys.modules['{name}'].__file__)\n"
        f"print({use})\n"
    )
    assert shown.split("\n")[1:] == ["a", "False True", "a", ""]


def test_names_are_taken_from_a_postponed_module() -> None:
    shown = _python(
        "from checker.cli.postponed import postpone; postpone()\n"
        "from inspect import cleandoc, signature\n"
        "print(cleandoc('  b'), signature(lambda x: x))\n"
    )
    assert shown == "b (x)\n"


def test_a_name_that_a_postponed_module_lacks_is_an_attribute_error() -> None:
    shown = _python(
        "from checker.cli.postponed import postpone; postpone()\n"
        "import inspect\n"
        "print(hasattr(inspect, 'no_such_name'))\n"
    )
    assert shown == "False\n"


def test_a_module_that_is_there_stays() -> None:
    shown = _python(
        "import inspect, sys; from checker.cli.postponed import postpone; postpone()\n"
        "print(sys.modules['inspect'] is inspect)\n"
    )
    assert shown == "True\n"


def test_msgspec_works_as_with_typing_extensions() -> None:
    shown = _python(
        "import sys\n"
        "from checker.cli.postponed import without_typing_extensions\n"
        "with without_typing_extensions():\n"
        "    import msgspec\n"
        "from typing_extensions import Annotated, NotRequired, TypedDict\n"
        "class One(TypedDict):\n"
        "    a: NotRequired[Annotated[int, msgspec.Meta(ge=1)]]\n"
        "print(msgspec.convert({}, One), msgspec.convert({'a': 2}, One))\n"
    )
    assert shown == "{} {'a': 2}\n"


def test_a_check_imports_none_of_them() -> None:
    shown = _python(
        "import sys\n"
        "from checker.cli.postponed import postpone; postpone()\n"
        "from checker.cli.main import run\n"
        "code = run(['check', '-p', 'pack:essentials', '--snapshot', 'tests/does-not-exist.json'])\n"
        "print(code, sorted({'ast', 'dis', 'typing_extensions', 'xml.dom.minidom'} & set(sys.modules)))\n"
    )
    assert shown.startswith("3 [")
    assert "dis" not in shown
    assert "typing_extensions" not in shown


def _options(command: click.Command) -> list[click.Parameter]:
    inner = command.commands.values() if isinstance(command, click.Group) else ()
    return [*command.params, *(one for each in inner for one in _options(each))]


def test_every_option_shows_its_help_as_it_is_written() -> None:
    """An option of click's own would import ``inspect`` in each run."""
    options = [
        one for command in load_commands().values() for one in _options(command) if isinstance(one, click.Option)
    ]
    assert options
    assert [one.opts for one in options if not isinstance(one, PlainOption)] == []
    assert [one.help for one in options if one.help != (one.help or "").strip() or "\n" in (one.help or "")] == []


def test_a_pattern_is_compiled_when_it_is_used() -> None:
    # In a process of its own, since other tests may have threads.
    shown = _python(
        "import re\n"
        "from checker.postponed_patterns import postponed_patterns\n"
        "with postponed_patterns():\n"
        "    pattern = re.compile('(A)b', re.IGNORECASE)\n"
        "print(isinstance(pattern, re.Pattern), isinstance(re.compile('c'), re.Pattern))\n"
        "print(pattern.match('aB')[1], pattern.sub('x', 'ab ab'), pattern.groups)\n"
    )
    assert shown == "False True\na x x 1\n"


def test_pyyaml_works_without_libyaml_once_its_patterns_are_postponed() -> None:
    shown = _python(
        "from checker.documents.pyyaml import yaml\n"
        "print(yaml.load('a: [1, yes, 2026-11-20]', yaml.SafeLoader), yaml.safe_dump({'b': '1'}).strip())\n"
    )
    assert shown == "{'a': [1, True, datetime.date(2026, 11, 20)]} b: '1'\n"


def test_an_interrupt_outside_of_the_run_is_said_and_no_traceback() -> None:
    program = (
        "import checker.cli.main as main\n"
        "def run(arguments):\n"
        "    raise KeyboardInterrupt\n"
        "main.run = run\n"
        "from checker.cli.entry import main\n"
        "main()\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (130, "", "scoregate: interrupted\n")


def test_no_pattern_is_postponed_while_other_threads_run() -> None:
    ended = threading.Event()
    other = threading.Thread(target=ended.wait)
    other.start()
    try:
        with postponed_patterns():
            assert isinstance(re.compile("d"), re.Pattern)
    finally:
        ended.set()
        other.join()


def test_a_postponed_pattern_can_be_copied() -> None:
    copied = vars(copy.copy(PostponedPattern("e")))
    assert copied == vars(PostponedPattern("e"))
