"""Which options ``scoregate.toml`` may set; the options themselves tell, as they are defined."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checker.requirements.direction import Compare

FILE_NAME = "scoregate.toml"
FILE_SETTINGS: set[str] = set()
# Where click's context keeps whether the file is ignored.
NO_CONFIG = "checker.cli.no_config"
# What a shell sets to ask for completions; click makes the name of the command.
COMPLETE_VARIABLE = "_SCOREGATE_COMPLETE"
# Each refused option with the variable that sets it.
REFUSED_SETTINGS: dict[str, str] = {}
# By name, what another value of a setting does to the gate; the options tell this too.
SETTING_DIRECTIONS: "dict[str, Compare]" = {}
# Where click's context keeps the lines of the settings that a command took from the file.
SETTING_LINES = "checker.cli.setting_lines"
