import inspect
import re
import shlex
from importlib import import_module
from pathlib import Path

import click
import pytest
from command_line import ROOT

from checker import errors
from checker.auth import METHODS
from checker.auth.assertions import PLATFORMS, platform
from checker.auth.interface import VARIABLES, Credentials
from checker.cli.registry import COMMANDS
from checker.cli.schemas import SCHEMAS
from checker.cli.setting_names import FILE_SETTINGS, REFUSED_SETTINGS
from checker.policy.schema import policy_schema
from checker.renderers import FORMATS, renderer
from checker.requirements import CONTROL_KINDS, SCORE_KINDS, STATE_KINDS, load_kind
from checker.requirements.entry import Entry
from checker.resources import folder
from checker.secrecy.variables import SIGN_IN


def command(name: str) -> click.Command:
    module, _, attribute = COMMANDS[name][0].partition(":")
    found = getattr(import_module(module), attribute)
    assert isinstance(found, click.Command)
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_what_the_registry_says(name: str) -> None:
    found = command(name)
    assert found.name == name
    assert found.short_help == COMMANDS[name][1]
    assert found.help


def test_every_file_of_commands_is_registered() -> None:
    files = {path.stem for path in ROOT.joinpath("checker", "cli", "commands").glob("[!_]*.py")}
    assert files == {COMMANDS[name][0].partition(":")[0].rpartition(".")[2] for name in COMMANDS}


def examples(name: str) -> list[str]:
    """The command lines of a command's help, without what the shell does with them."""
    lines = (command(name).help or "").splitlines()
    return [line.strip().partition(" > ")[0] for line in lines if line.strip().startswith("scoregate ")]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_s_help_has_examples_of_it(name: str) -> None:
    assert re.search(r"^\s*Examples?:$", command(name).help or "", re.MULTILINE)
    assert any(line.startswith(f"scoregate {name}") for line in examples(name))


@pytest.mark.parametrize("line", [line for name in COMMANDS for line in examples(name)])
def test_an_example_is_a_line_that_can_be_given(line: str) -> None:
    _, name, *arguments = shlex.split(line)
    with command(name).make_context(name, arguments):
        pass


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_a_help_text_and_is_known_to_the_settings(name: str) -> None:
    for parameter in command(name).params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            for variable in parameter.envvar or ():
                if variable.startswith("SCOREGATE_"):
                    setting = variable.removeprefix("SCOREGATE_").lower().replace("_", "-")
                    assert (setting in FILE_SETTINGS) is not (setting in REFUSED_SETTINGS)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_loads_and_takes_one_rendering(name: str) -> None:
    assert list(inspect.signature(renderer(name)).parameters) == ["rendering"]


def test_every_file_of_formats_is_registered() -> None:
    for name, known in FORMATS.items():
        assert known.module == f"checker.renderers.{name}"


def test_an_option_of_a_format_names_its_default_first_and_is_called_after_it() -> None:
    for name, known in FORMATS.items():
        for option in known.options:
            assert option.name.startswith(f"{name}-")
            assert option.help
            assert bool(option.choices) is (option.metavar is None)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_s_place_holds_a_record_a_union_or_a_function(name: str) -> None:
    module, _, attribute = SCHEMAS[name].partition(":")
    assert hasattr(import_module(module), attribute)


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_platform_loads_and_reads_known_variables(name: str) -> None:
    found = platform(name)
    assert set(found.variables) <= set(VARIABLES)
    assert list(inspect.signature(found.assertion).parameters) == ["credentials"]


def test_every_secret_is_a_variable() -> None:
    assert set(SIGN_IN) <= set(VARIABLES)


@pytest.mark.parametrize("name", METHODS)
def test_a_sign_in_method_loads_and_gives_tokens(name: str) -> None:
    method = import_module(METHODS[name])
    assert list(inspect.signature(method.provider).parameters) == ["credentials"]
    complete = Credentials(
        tenant="t",
        client_id="c",
        authority="https://login.test",
        resource="https://graph.test",
        interactive=True,
        variables=dict.fromkeys(VARIABLES, "x"),
    )
    assert method.offered(complete) in {True, False}
    assert callable(method.provider(complete).token)


@pytest.mark.parametrize(("key", "place"), [*SCORE_KINDS.items(), *CONTROL_KINDS.items(), *STATE_KINDS.items()])
def test_a_kind_of_requirement_loads_and_can_judge(key: str, place: str) -> None:
    kind = load_kind(place)
    assert issubclass(kind, Entry)
    assert key in kind.__struct_encode_fields__
    assert kind.__struct_config__.frozen
    assert kind.__struct_config__.forbid_unknown_fields
    assert kind.sentence is not Entry.sentence
    assert kind.judge is not Entry.judge
    assert list(inspect.signature(kind.judge).parameters) == ["self", "case"]
    assert f'"{key}"' in str(policy_schema()).replace("'", '"')


def concrete(kind: type[errors.ScoregateError]) -> list[type[errors.ScoregateError]]:
    below = [found for child in kind.__subclasses__() for found in concrete(child)]
    return [kind, *below]


@pytest.mark.parametrize("kind", concrete(errors.ScoregateError))
def test_every_error_ends_a_run_as_the_caller_s_mistake_or_as_not_judged(kind: type[errors.ScoregateError]) -> None:
    assert kind.exit_code == (2 if issubclass(kind, errors.CallerError) else 3)
    assert kind.__doc__


def test_an_error_shows_place_message_and_advice() -> None:
    assert str(errors.GraphError("broke", place="https://g", advice="Wait.")) == "https://g: broke\nWait."
    assert str(errors.GraphError("broke")) == "broke"
    assert str(errors.PolicyError(["a:1:1: x", "b:2:2: y"])) == (
        "a:1:1: x\nb:2:2: y\n2 faults in the policies; nothing was judged"
    )


@pytest.mark.parametrize(("name", "content"), [("policies", "essentials"), ("schemas", "policy.schema.json")])
def test_what_ships_is_found_from_wherever_it_is_asked(
    name: str, content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Path(folder(name), content).exists()
