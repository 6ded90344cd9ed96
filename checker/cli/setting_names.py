"""Which options ``scoregate.toml`` may set; the options themselves tell, as they are defined."""

FILE_NAME = "scoregate.toml"
FILE_SETTINGS: set[str] = set()
# Each refused option with the variable that sets it.
REFUSED_SETTINGS: dict[str, str] = {}
# Where click's context keeps the lines of the settings that a command took from the file.
SETTING_LINES = "checker.cli.setting_lines"
