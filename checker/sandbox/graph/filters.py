"""The `$filter` option, as far as Secure Score's provider supports it.

`{property} eq {literal}` with `and`, `or`, parentheses, and a path such as `vendorInformation/provider`.
Other operators are refused.
Sources: https://learn.microsoft.com/graph/filter-query-parameter and published requests.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from checker.sandbox.errors import GraphResponseError

LONGEST_FILTER = 4096
DEEPEST_FILTER = 20
MOST_ALTERNATIVES = 16
"""If `or` joins more terms than this, the service responds with 200 and no items."""

Predicate = Callable[[Mapping[str, Any]], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<mark>[()])"
    r"|'(?P<text>(?:[^']|'')*)'"
    r"|(?P<number>-?\d+(?:\.\d+)?(?![\w:.-]))"
    r"|(?P<moment>\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2}))?)"
    r"|(?P<word>@?[A-Za-z_][\w.]*(?:/[A-Za-z_][\w.]*)*))"
)
_MISSING = object()


def parse_filter(text: str) -> Predicate:
    """Parse a filter into a test of objects as Graph sends them.

    Raises:
        GraphResponseError: 400, when the filter is too long, too deep, malformed or not supported.
    """
    if len(text) > LONGEST_FILTER:
        raise invalid_filter_error("The filter is too long")
    parser = _FilterParser(_tokens(text))
    predicate = parser.alternatives(0)
    parser.expect_end()
    if parser.alternative_count > MOST_ALTERNATIVES:
        return lambda _: False
    return predicate


def invalid_filter_error(reason: str) -> GraphResponseError:
    """Make the error for an invalid filter."""
    return GraphResponseError(400, "BadRequest", f"Invalid filter clause: {reason}.")


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    position = 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise invalid_filter_error(f"Syntax error at position {position}")
        tokens.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return tokens


class _FilterParser:
    """Recursive descent over the tokens; its depth is bounded."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._position = 0
        self.alternative_count = 1

    def alternatives(self, depth: int) -> Predicate:
        terms = [self._conjunction(depth)]
        while self._accept("word", "or"):
            self.alternative_count += 1
            terms.append(self._conjunction(depth))
        return terms[0] if len(terms) == 1 else lambda item: any(term(item) for term in terms)

    def expect_end(self) -> None:
        if self._position < len(self._tokens):
            raise invalid_filter_error(f"Syntax error at '{self._tokens[self._position][1]}'")

    def _conjunction(self, depth: int) -> Predicate:
        terms = [self._term(depth)]
        while self._accept("word", "and"):
            terms.append(self._term(depth))
        return terms[0] if len(terms) == 1 else lambda item: all(term(item) for term in terms)

    def _term(self, depth: int) -> Predicate:
        if depth > DEEPEST_FILTER:
            raise invalid_filter_error("The filter is nested too deeply")
        if self._accept("mark", "("):
            inner = self.alternatives(depth + 1)
            if not self._accept("mark", ")"):
                raise invalid_filter_error("A closing parenthesis is missing")
            return inner
        kind, path = self._take()
        if kind != "word":
            raise invalid_filter_error(f"A property is expected instead of '{path}'")
        _, operator = self._take()
        if operator != "eq":
            raise invalid_filter_error(f"The operator '{operator}' is not supported")
        return _equals(path.split("/"), self._literal())

    def _literal(self) -> str | float | bool | None:
        kind, text = self._take()
        match kind:
            case "text":
                return text.replace("''", "'")
            case "number":
                return float(text)
            case "moment":
                return text
            case "word" if text in {"true", "false", "null"}:
                return {"true": True, "false": False, "null": None}[text]
            case _:
                raise invalid_filter_error(f"A value is expected instead of '{text}'")

    def _accept(self, kind: str, text: str) -> bool:
        if self._position < len(self._tokens) and self._tokens[self._position] == (kind, text):
            self._position += 1
            return True
        return False

    def _take(self) -> tuple[str, str]:
        if self._position >= len(self._tokens):
            raise invalid_filter_error("The filter ends too early")
        self._position += 1
        return self._tokens[self._position - 1]


def _equals(path: list[str], wanted: str | float | bool | None) -> Predicate:
    def holds(item: Mapping[str, Any]) -> bool:
        value: Any = item
        for name in path:
            value = value.get(name, _MISSING) if isinstance(value, Mapping) else _MISSING
        if value is _MISSING or isinstance(value, (list, Mapping)):
            raise invalid_filter_error(f"Could not find a property named '{'/'.join(path)}'")
        # true is not 1: a boolean equals only a boolean.
        return isinstance(value, bool) == isinstance(wanted, bool) and bool(value == wanted)

    return holds
