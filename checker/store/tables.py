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
        kept: a later row that says nothing of it leaves what an earlier one said: Graph drops it after a day.
    """

    name: str
    kind: Kind
    kept: bool = False


class Table(msgspec.Struct, frozen=True):
    """One table.

    Attributes:
        name: its folder in the store.
        key: what no two rows share.
        columns: all of them.
        scope: what a merge replaces whole: rows of the same scope that the new data lacks are gone.
    """

    name: str
    key: tuple[str, ...]
    scope: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def is_dated(self) -> bool:
        """Whether its rows belong to days."""
        return "date" in self.key

    def schema(self) -> "pa.Schema":
        """The columns in Arrow's words."""
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
        # As JSON: averageComparativeScores as Graph sent them.
        Column("averages", "text", kept=True),
        # Of the newest day: the collections of which Graph's answer was incomplete; null where none was.
        Column("incomplete", "texts"),
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
        # The empty text for a requirement on scores, since a key has no null.
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
        # As JSON: controlStateUpdates as Graph sent them.
        Column("state_updates", "text"),
        # The newest day of the data that it came with.
        Column("seen", "date"),
    ),
)

# In the order in which they are merged: a day is there once its score is.
TABLES = (PROFILES, CONTROL_SCORES, STATES, FINDINGS, SCORES)
