"""Gauges as text that Prometheus and OpenMetrics both read: no timestamps, one ``# EOF`` at the end.

Source: the text format of Prometheus, version 0.0.4; OpenMetrics 1.0.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from checker.presentation.escape import line
from checker.presentation.words import cut

# Databases refuse a whole delivery for a longer value; 2048 characters are what Mimir takes by default.
_LONGEST = 1_000


class Sample(NamedTuple):
    """A number with its labels."""

    labels: Mapping[str, str]
    value: float


class Gauge(NamedTuple):
    """A metric.

    Attributes:
        name: letters and underscores.
        help: one sentence of ours.
        samples: two with the same labels are told apart by the last label, which gets a number.
    """

    name: str
    help: str
    samples: Iterable[Sample]


def metrics_document(gauges: Iterable[Gauge]) -> bytes:
    """The gauges that have samples."""
    out: list[str] = []
    for gauge in gauges:
        head = [f"# HELP {gauge.name} {gauge.help}", f"# TYPE {gauge.name} gauge"]
        seen: dict[str, int] = {}
        for labels, value in gauge.samples:
            out += head
            head = []
            out.append(f"{gauge.name}{{{_unique(_labels(labels), seen)}}} {value!r}")
    return "\n".join([*out, "# EOF\n"]).encode()


def _labels(labels: Mapping[str, str]) -> str:
    return ",".join(f'{name}="{_value(value)}"' for name, value in labels.items())


def _unique(labels: str, seen: dict[str, int]) -> str:
    """The labels; values that differ only in what can't be shown must not make one series of two."""
    count = seen[labels] = seen.get(labels, 0) + 1
    return labels if count == 1 else f'{labels[:-1]} ({count})"'


def _value(text: str) -> str:
    text = cut(line(text), _LONGEST)
    return text.replace("\\", "\\\\").replace('"', '\\"')
