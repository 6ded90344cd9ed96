"""The part of GitHub's expressions that our action uses, evaluated.

Source: docs.github.com, "Evaluate expressions in workflows and actions".
"""

import re
from collections.abc import Callable, Mapping, Sequence

Context = Mapping[str, object]
_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|&&|\|\||==|!=|!|[()]|[A-Za-z_][\w.-]*)")
_WHOLE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


def filled(text: str, context: Context, functions: Mapping[str, Callable[[], bool]]) -> str:
    """A text with the values of its expressions."""
    return _WHOLE.sub(lambda found: _text(evaluate(found[1], context, functions)), text)


def holds(condition: str, context: Context, functions: Mapping[str, Callable[[], bool]]) -> bool:
    """Whether a step runs. success() is understood unless a function of its kind is named."""
    inner = _WHOLE.fullmatch(condition.strip())
    expression = inner[1] if inner else condition
    if not re.search(r"\b(always|cancelled|failure|success)\(", expression):
        expression = f"success() && ({expression})"
    return _truth(evaluate(expression, context, functions))


def evaluate(expression: str, context: Context, functions: Mapping[str, Callable[[], bool]]) -> object:
    """The value of an expression."""
    tokens = _TOKEN.findall(expression)
    assert "".join(tokens) == re.sub(r"\s+(?=(?:[^']*'[^']*')*[^']*$)", "", expression), expression
    reader = _Reader(tokens, context, functions)
    value = reader.either()
    assert reader.tokens == []
    return value


class _Reader:
    def __init__(self, tokens: Sequence[str], context: Context, functions: Mapping[str, Callable[[], bool]]) -> None:
        self.tokens = list(tokens)
        self._context = context
        self._functions = functions

    def either(self) -> object:
        value = self._both()
        while self._next("||"):
            other = self._both()
            value = value if _truth(value) else other
        return value

    def _both(self) -> object:
        value = self._compared()
        while self._next("&&"):
            other = self._compared()
            value = other if _truth(value) else value
        return value

    def _compared(self) -> object:
        value = self._one()
        for sign in ("==", "!="):
            if self._next(sign):
                other = self._one()
                same = _text(value).casefold() == _text(other).casefold()
                return same is (sign == "==")
        return value

    def _one(self) -> object:
        if self._next("!"):
            return not _truth(self._one())
        if self._next("("):
            value = self.either()
            assert self._next(")")
            return value
        token = self.tokens.pop(0)
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if self._next("("):
            assert self._next(")")
            return self._functions[token]()
        return self._looked_up(token)

    def _looked_up(self, name: str) -> object:
        found: object = self._context
        for part in name.split("."):
            # What is not there is empty.
            found = found.get(part, "") if isinstance(found, Mapping) else ""
        return found

    def _next(self, token: str) -> bool:
        if self.tokens[:1] != [token]:
            return False
        del self.tokens[0]
        return True


def _truth(value: object) -> bool:
    return value not in {"", False, None}


def _text(value: object) -> str:
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
