"""How much ``--redact`` leaves out. By itself, since every command knows the words and few clean anything."""

from enum import Enum, unique

REDACTED = "(redacted)"
"""What stands in the place of a name."""


@unique
class Redaction(Enum):
    """What is left out of every output; each level holds those before it."""

    NONE = "none"
    PEOPLE = "people"
    TENANT = "tenant"
