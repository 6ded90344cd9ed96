"""The tables of a store: their columns, keys and partitions. Within a major version columns are only ever added.

Every row belongs to a tenant; every table but ``profiles`` to a day (UTC), and is partitioned by its month.
"""

from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["text", "number", "whole", "flag", "date", "texts"]


class Column(msgspec.Struct, frozen=True):
    """One column.

    Attributes:
        name: as SQL spells it.
        kind: of its values.
        kept: a later row without a value keeps the earlier one's: Graph drops these members after a day.
        is_json: its texts are documents of JSON.
    """

    name: str
    kind: Kind
    kept: bool = False
    is_json: bool = False


class Table(msgspec.Struct, frozen=True):
    """One table.

    Attributes:
        name: its folder in the store.
        key: the columns that identify a row.
        columns: all of them.
        scope: the columns that a merge replaces by: rows of the same scope that the new data lacks are deleted.
    """

    name: str
    key: tuple[str, ...]
    scope: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def is_dated(self) -> bool:
        """Whether each row belongs to a day."""
        return "date" in self.key

    def schema(self) -> "pa.Schema":
        """The Arrow schema of the columns."""
        import pyarrow as pa

        kinds = {
            "text": pa.string(),
            "number": pa.float64(),
            "whole": pa.int64(),
            "flag": pa.bool_(),
            "date": pa.date32(),
            "texts": pa.list_(pa.string()),
        }
        return pa.schema([(column.name, kinds[column.kind]) for column in self.columns])


_DAY = (Column("tenant", "text"), Column("date", "date"), Column("month", "text"))
# The columns whose member was absent in Graph's answer, which leaves open what null would say; null if none.
_ABSENT = Column("absent", "texts")

SCORES = Table(
    "scores",
    key=("tenant", "date"),
    scope=("tenant", "date"),
    columns=(
        *_DAY,
        Column("current_score", "number"),
        Column("max_score", "number"),
        Column("active_user_count", "whole"),
        Column("licensed_user_count", "whole"),
        Column("enabled_services", "texts"),
        # averageComparativeScores as Graph sent them, in JSON.
        Column("averages", "text", kept=True, is_json=True),
        # On the newest day: the collections that Graph answered incompletely; null if none.
        Column("incomplete", "texts"),
        _ABSENT,
    ),
)
CONTROL_SCORES = Table(
    "control_scores",
    key=("tenant", "date", "control"),
    scope=("tenant", "date"),
    columns=(
        *_DAY,
        Column("control", "text"),
        Column("control_category", "text"),
        Column("score", "number"),
        Column("score_in_percentage", "number"),
        Column("total", "number", kept=True),
        Column("state", "text", kept=True),
        Column("last_synced", "text", kept=True),
    ),
)
STATES = Table(
    "states",
    key=("tenant", "date", "control"),
    scope=("tenant", "date"),
    columns=(
        *_DAY,
        Column("control", "text"),
        Column("state", "text"),
        Column("assigned_to", "text"),
        Column("comment", "text"),
        Column("updated_by", "text"),
        Column("updated_date_time", "text"),
    ),
)
FINDINGS = Table(
    "findings",
    key=("tenant", "date", "requirement", "control"),
    scope=("tenant", "date", "policy"),
    columns=(
        *_DAY,
        Column("policy", "text"),
        Column("requirement", "text"),
        # Empty for a requirement on scores, since a key can't be null.
        Column("control", "text"),
        Column("outcome", "text"),
        Column("reason", "text"),
        Column("severity", "text"),
        Column("enforcement", "text"),
        Column("fails_gate", "flag"),
        Column("points", "number"),
        Column("message", "text"),
    ),
)
PROFILES = Table(
    "profiles",
    key=("tenant", "control"),
    scope=("tenant",),
    columns=(
        Column("tenant", "text"),
        Column("control", "text"),
        Column("title", "text"),
        Column("max_score", "number"),
        Column("control_category", "text"),
        Column("service", "text"),
        Column("tier", "text"),
        Column("threats", "texts"),
        Column("user_impact", "text"),
        Column("implementation_cost", "text"),
        Column("action_url", "text"),
        Column("rank", "number"),
        Column("remediation", "text"),
        Column("deprecated", "flag"),
        # controlStateUpdates as Graph sent them, in JSON.
        Column("state_updates", "text", is_json=True),
        # The newest day of the data that the profile came with.
        Column("seen", "date"),
        _ABSENT,
    ),
)

# In the order of merging: scores come last, so a day is visible only when it is complete.
TABLES = (PROFILES, CONTROL_SCORES, STATES, FINDINGS, SCORES)
