"""Every command: a new one is one file in ``commands/`` and one line here."""

from importlib import import_module

import click

from checker.cli.postponed import without_typing_extensions
from checker.postponed_patterns import postponed_patterns

# Name → where it is and its one-line help. The help stands here too, so that --help imports no command; a test
# holds the two together.
COMMANDS: dict[str, tuple[str, str]] = {
    "apply": ("checker.cli.commands.apply:apply", "Set the states of a plan that somebody approved."),
    "auth": ("checker.cli.commands.auth:auth", "Show who signs in, and with which permissions."),
    "check": ("checker.cli.commands.check:check", "Check a tenant against policies: the gate."),
    "compare": ("checker.cli.commands.compare:compare", "Compare the score with other tenants."),
    "completion": (
        "checker.cli.commands.completion:completion",
        "Print the script that lets a shell complete scoregate's commands.",
    ),
    "config": (
        "checker.cli.commands.config:config",
        "Show the options of a command, and where their values come from.",
    ),
    "controls": ("checker.cli.commands.controls:controls", "List the tenant's controls, filtered and sorted."),
    "diff": ("checker.cli.commands.diff:diff", "Compare two snapshots, reports or days."),
    "evidence": ("checker.cli.commands.evidence:evidence", "Check what 'check --evidence' kept."),
    "explain": (
        "checker.cli.commands.explain:explain",
        "Explain one requirement or control, with its remediation.",
    ),
    "fetch": ("checker.cli.commands.fetch:fetch", "Take a snapshot of a tenant."),
    "guide": ("checker.cli.commands.guide:guide", "Show what to do next: the most points for the least effort."),
    "history": (
        "checker.cli.commands.history:history",
        "Query and maintain the store of scores over time.",
    ),
    "init": ("checker.cli.commands.init:init", "Write a first policy, its test, waivers and a CI pipeline."),
    "journal": ("checker.cli.commands.journal:journal", "Check the journal of an apply or a rollback."),
    "lint": ("checker.cli.commands.lint:lint", "Check policies, waivers and tests without a tenant."),
    "lock": (
        "checker.cli.commands.lock:lock",
        "Record the required controls; show what has drifted since.",
    ),
    "plan": ("checker.cli.commands.plan:plan", "Show which states the policies ask to set; write them as a plan."),
    "ratchet": (
        "checker.cli.commands.ratchet:ratchet",
        "Raise the minimums of policies to what the tenant has reached.",
    ),
    "replay": ("checker.cli.commands.replay:replay", "Judge a run again from its evidence."),
    "review": (
        "checker.cli.commands.review:review",
        "Show what a change of policies does, before it is merged.",
    ),
    "rollback": ("checker.cli.commands.rollback:rollback", "Undo an apply by its journal."),
    "sandbox": (
        "checker.cli.commands.sandbox:sandbox",
        "Serve an emulation of Graph and Entra to other clients.",
    ),
    "score": ("checker.cli.commands.score:score", "Show the posture: score, categories, states, what is not measured."),
    "test": ("checker.cli.commands.test:test", "Run tests of policies, and show what they cover."),
    "trend": ("checker.cli.commands.trend:trend", "Show the score over time, and what caused each change."),
    "waivers": ("checker.cli.commands.waivers:waivers", "Add exceptions, and show what they cover."),
    "whatif": ("checker.cli.commands.whatif:whatif", "Show the score and the gate as they would be after changes."),
    "schema": ("checker.cli.commands.schema:schema", "Print a JSON Schema."),
}


def load_command(name: str) -> click.Command:
    """The command called ``name``, one of ``COMMANDS``, imported now."""
    module, _, attribute = COMMANDS[name][0].partition(":")
    with without_typing_extensions(), postponed_patterns():
        import_module("msgspec")
    command: click.Command = getattr(import_module(module), attribute)
    return command


def load_commands() -> dict[str, click.Command]:
    """Every command by its name: for what needs the options of all, since importing them takes a while."""
    return {name: load_command(name) for name in COMMANDS}
