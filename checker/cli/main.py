"""The command ``scoregate``: finds the command, runs it, turns errors into messages and exit codes."""

import errno
import os
from typing import TYPE_CHECKING, Any

import click

from checker import __version__
from checker.cli.concealed_streams import concealed_streams
from checker.cli.errors import report_error, report_fault
from checker.cli.known_secrets import known_secrets
from checker.cli.plain_option import PlainOption
from checker.cli.redaction import begin_redaction
from checker.cli.registry import COMMANDS, load_command
from checker.cli.setting_names import COMPLETE_VARIABLE
from checker.errors import (
    EXIT_CALLER,
    EXIT_INTERRUPTED,
    EXIT_NOT_JUDGED,
    EXIT_PASSED,
    INTERNAL,
    JudgementError,
    OutputError,
    ScoregateError,
    UsageError,
)
from checker.secrecy.known import begin_run

if TYPE_CHECKING:
    from checker.cli.options.completing import Items


class LazyGroup(click.Group):
    """Imports a command when it is run, not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, sorted."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called ``cmd_name``, or None."""
        del ctx
        return load_command(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from the map alone."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "Items":
        """Commands from the map alone, and options."""
        from checker.cli.options.completing import item

        found = [name for name in sorted(COMMANDS) if name.startswith(incomplete)]
        commands = [item(name, text=COMMANDS[name][1]) for name in found]
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a suggestion for a mistyped name."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as fault:
            from checker.documents.suggest import did_you_mean

            hint = did_you_mean(args[0], COMMANDS)
            message = fault.format_message()
            raise click.UsageError(message.rstrip(".") + hint if hint else message, ctx) from None


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="scoregate", message="%(prog)s %(version)s", cls=PlainOption)
@click.help_option("-h", "--help", cls=PlainOption)
def scoregate() -> None:
    """Policy-as-code for Microsoft Secure Score.

    \b
    Try it without a tenant:
      scoregate check -p pack:essentials --sandbox

    Exit codes: 0 passed, 1 the gate failed, 2 the caller's mistake, 3 the tenant could not be judged, 130 interrupted.
    """


def run(arguments: list[str]) -> int:
    """Runs the command line.

    Returns:
        The exit code.
    """
    if COMPLETE_VARIABLE in os.environ:
        from checker.cli.completion import use_completion

        use_completion()
    secrets = known_secrets(arguments)
    with begin_run(secrets), concealed_streams(secrets), begin_redaction():
        return _ended(arguments)


def _ended(arguments: list[str]) -> int:
    """The exit code; every way to end has its message."""
    try:
        result: Any = scoregate.main(arguments, prog_name="scoregate", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except SystemExit:
        # click ends so where the reader of its help went away, which is no error.
        result = EXIT_PASSED
    except (click.Abort, KeyboardInterrupt):
        return report_error("interrupted", EXIT_INTERRUPTED)
    except click.exceptions.NoArgsIsHelpError as fault:
        fault.show()
        result = EXIT_CALLER
    except click.ClickException as fault:
        return report_error(_usage(fault), EXIT_CALLER, code=UsageError.code)
    except ScoregateError as fault:
        return report_fault(fault)
    except BaseException as fault:  # noqa: BLE001 - a traceback on a user's terminal is a bug, and so is what got here
        return _internal_error(fault)
    return result if isinstance(result, int) else 0


def _internal_error(fault: BaseException) -> int:
    if "SCOREGATE_DEBUG" in os.environ:
        import traceback

        # Here, and not by Python at its end: these streams are without secrets.
        traceback.print_exception(fault)
    match fault:
        case RecursionError():
            return report_error("the input is nested too deeply", EXIT_NOT_JUDGED, code=JudgementError.code)
        case MemoryError():
            return report_error(
                "this machine has too little memory for this input", EXIT_NOT_JUDGED, code=JudgementError.code
            )
        case OSError(errno=errno.ENOSPC):
            return report_error(
                "standard output cannot be written: no space left on device", EXIT_CALLER, code=OutputError.code
            )
        case _:
            text = f"internal error: please report it ({type(fault).__name__}: {fault})"
            text += "\nSet SCOREGATE_DEBUG=1 to see where it comes from."
            return report_error(text, EXIT_NOT_JUDGED, code=INTERNAL)


def _usage(fault: click.ClickException) -> str:
    """The message of a usage error, with the command whose help explains it."""
    if not isinstance(fault, click.UsageError):
        return fault.format_message()
    command = fault.ctx.command_path if fault.ctx is not None else "scoregate"
    return f"{fault.format_message()}\nTry '{command} --help'."
