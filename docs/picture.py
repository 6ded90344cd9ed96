"""Draws the picture of the README from what ``make demo`` prints: ``python docs/picture.py docs/images/demo.svg``."""

import os
import subprocess
import sys

from rich.console import Console
from rich.text import Text

COMMAND = ["check", "-p", "pack:essentials", "--sandbox", "--now", "2026-11-20T09:00:00Z"]

# The report in colour, as a terminal shows it: a pseudo-terminal makes the command believe that it has one.
SHOW = """
import pty, sys
sys.exit(pty.spawn([sys.executable, "-m", "checker", *sys.argv[1:]]))
"""


def main(path: str) -> None:
    """Runs the command and writes the picture."""
    environment = {name: value for name, value in os.environ.items() if name not in {"CI", "NO_COLOR"}}
    shown = subprocess.run(
        [sys.executable, "-c", SHOW, *COMMAND],
        env=environment | {"TERM": "xterm-256color", "COLUMNS": "116"},
        capture_output=True,
        check=False,
    )
    console = Console(record=True, width=124, file=open(os.devnull, "w", encoding="utf-8"))
    console.print(Text.from_ansi(shown.stdout.decode().replace("\r\n", "\n")))
    console.save_svg(path, title="scoregate " + " ".join(COMMAND[:4]), unique_id="scoregate")
    with open(path, encoding="utf-8") as file:
        svg = file.read()
    # The picture stands alone: no font is fetched from anywhere.
    start = svg.index("@font-face")
    end = svg.index(".scoregate-matrix")
    svg = svg[:start] + svg[end:]
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(svg)


if __name__ == "__main__":
    main(sys.argv[1])
