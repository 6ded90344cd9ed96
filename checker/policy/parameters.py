"""Parameters: ``parameters:`` declares them, ``--set`` and files give them values, whole scalars ``${name}`` take them.

There are no expressions and no templates: a scalar that is ``${name}`` and nothing else becomes the value, typed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from checker.documents.decode import MismatchError, convert
from checker.documents.document import Document
from checker.documents.fault import Fault
from checker.documents.path import Path, brief
from checker.documents.suggest import did_you_mean
from checker.documents.yaml_scalars import plain_scalar
from checker.errors import UsageError
from checker.policy.layers import Layer, Layered

_NAME = r"[A-Za-z][A-Za-z0-9]*"
_PARAMETER = rf"\$\{{({_NAME})\}}"
# They identify a requirement and a framework from run to run.
_NEVER = frozenset({"id", "framework"})
_CLASSES: Mapping[str, tuple[type, ...]] = {
    "number": (int, float),
    "integer": (int,),
    "string": (str,),
    "boolean": (bool,),
}

_NAMES = {"number": "a number", "integer": "a whole number", "string": "text", "boolean": "true or false"}

Scalar = str | int | float | bool


class ParameterDeclaration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A value that whoever runs a policy may set."""

    type: Annotated[Literal["number", "integer", "string", "boolean"], Meta(description="What kind of value it takes.")]
    default: Annotated[
        Scalar | None, Meta(description="The value where none is set; without a default, one must be set.")
    ] = None
    minimum: Annotated[float | None, Meta(description="The smallest number that it takes.")] = None
    maximum: Annotated[float | None, Meta(description="The largest number that it takes.")] = None
    values: Annotated[list[Scalar] | None, Meta(description="The only values that it takes.")] = None
    description: Annotated[str | None, Meta(description="What it is for.")] = None

    def refusal(self, value: object) -> str | None:
        """What it expects in place of a value; None where it takes it."""
        if not isinstance(value, _CLASSES[self.type]) or (isinstance(value, bool) and self.type != "boolean"):
            return f"expected {_NAMES[self.type]}, got {brief(repr(value))}"
        if self.values is not None and value not in self.values:
            return f"expected one of {', '.join(map(str, self.values))}; got {brief(str(value))}"
        if isinstance(value, int | float):
            if self.minimum is not None and value < self.minimum:
                return f"expected at least {self.minimum:g}, got {value:g}"
            if self.maximum is not None and value > self.maximum:
                return f"expected at most {self.maximum:g}, got {value:g}"
        return None


class GivenValue(msgspec.Struct, frozen=True):
    """A value that the caller gives.

    Attributes:
        value: as a document holds it; the characters of ``--set``, which have no type of their own.
        is_text: whether it is characters that the parameter's type tells how to read.
        origin: where it is from: ``--set``, or the place in a file.
    """

    value: object
    is_text: bool
    origin: str

    def read(self, kind: str) -> object:
        """The value; characters are read as YAML would read them, and as they are for a string."""
        if not self.is_text or kind == "string" or not isinstance(self.value, str):
            return self.value
        return plain_scalar(self.value)


Given = Mapping[str, GivenValue]


class FilledValue(msgspec.Struct, frozen=True):
    """The value of a parameter in one policy, and where it is from."""

    value: object
    origin: str


# None is the value of a parameter that was refused.
Values = Mapping[str, FilledValue | None]


def values_of(declared: Mapping[str, Layered], given: Given) -> tuple[Values, list[Fault]]:
    """The value of each parameter that a policy declares.

    Args:
        declared: by name, a base's declaration below what overrides it.
        given: by name, what the caller sets; names that the policy doesn't declare are left alone.
    """
    found: dict[str, FilledValue | None] = dict.fromkeys(declared)
    faults: list[Fault] = []
    for name, layered in declared.items():
        try:
            parameter = _decode(name, layered)
            found[name] = _value(name, parameter, layered, given.get(name))
        except MismatchError as mismatch:
            faults.append(layered.fault(mismatch.path, mismatch.expected))
    return found, faults


def _decode(name: str, layered: Layered) -> ParameterDeclaration:
    if not re.fullmatch(_NAME, name):
        raise MismatchError((), "expected a name of letters and digits")
    parameter = convert(layered.merged(), ParameterDeclaration, layered.written_at)
    refusal = parameter.refusal(parameter.default) if parameter.default is not None else None
    if refusal is not None:
        raise MismatchError(("default",), refusal)
    return parameter


def _value(name: str, parameter: ParameterDeclaration, layered: Layered, given: GivenValue | None) -> FilledValue:
    if given is not None:
        value = given.read(parameter.type)
        refusal = parameter.refusal(value)
        if refusal is not None:
            raise MismatchError((), f"{given.origin}: {refusal}")
        return FilledValue(value, f"the parameter {name}, set by {given.origin}")
    if parameter.default is None:
        raise MismatchError((), f"has no default: set it with --set {name}=VALUE or --parameters FILE")
    return FilledValue(parameter.default, f"the parameter {name}, declared at {layered.place_at(('default',))}")


def fill(layered: Layered, values: Values) -> tuple[Layered | None, list[Fault]]:
    """The entry with each ``${name}`` replaced, and a fault for each that nobody declares.

    The entry is None where it can't be decoded for want of a value.
    """
    fillings = [_Filling(layer, values) for layer in layered.layers]
    layers = tuple(filling.filled() for filling in fillings)
    faults = [fault for filling in fillings for fault in filling.faults]
    if any(filling.is_incomplete for filling in fillings):
        return None, faults
    return msgspec.structs.replace(layered, layers=layers), faults


class _Filling:
    """Replaces the parameters of one layer."""

    def __init__(self, layer: Layer, values: Values) -> None:
        self.faults: list[Fault] = []
        self.is_incomplete = False
        self._layer = layer
        self._values = values
        self._filled: dict[Path, str] = {}

    def filled(self) -> Layer:
        """The layer with the values in it."""
        layer = self._layer
        if layer.is_optional:
            # Defaults are decoded by themselves.
            self.faults += _refusals(layer.document, layer.path, layer.values)
            return layer
        values = {key: self._replaced(value, (key,)) for key, value in layer.values.items()}
        return msgspec.structs.replace(layer, values=values, filled=self._filled) if self._filled else layer

    def _replaced(self, value: object, path: Path) -> object:
        if isinstance(value, dict):
            return {key: self._replaced(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self._replaced(item, (*path, index)) for index, item in enumerate(value)]
        name = _named(value) if isinstance(value, str) else None
        return value if name is None else self._taken(name, path)

    def _taken(self, name: str, path: Path) -> object:
        text = f"${{{name}}}"
        found = self._values.get(name)
        if path[-1] in _NEVER:
            self._refuse(path, f"{text}: a parameter can't be used here")
        elif found is not None:
            self._filled[path] = found.origin
            return found.value
        elif name not in self._values:
            hint = did_you_mean(name, self._values)
            self._refuse(path, f"{text} names a parameter that the policy does not declare{hint}")
        self.is_incomplete = True
        return text

    def _refuse(self, path: Path, expected: str) -> None:
        self.faults.append(_fault(self._layer.document, (*self._layer.path, *path), expected))


def head_faults(document: Document) -> list[Fault]:
    """A fault for each ``${name}`` outside the requirements of a policy, or anywhere in waivers."""
    if not isinstance(document.value, dict):
        return []
    sections = ("score", "controls", "states") if document.value.get("kind") == "Policy" else ()
    head = {key: value for key, value in document.value.items() if key not in sections}
    return list(_refusals(document, (), head))


def _refusals(document: Document, path: Path, value: object) -> Iterator[Fault]:
    for inner, text in _texts(value):
        if _named(text) is not None:
            yield _fault(document, (*path, *inner), f"{text}: parameters can be used in requirements only")


def check_given(given: Given, declared: Sequence[str]) -> None:
    """Refuses a value for a parameter that no policy declares: it would have no effect.

    Raises:
        UsageError: naming the nearest parameter.
    """
    for name, value in given.items():
        if name not in declared:
            hint = did_you_mean(name, declared)
            raise UsageError(f"{value.origin}: no policy declares a parameter {name}{hint}")


def _named(text: str) -> str | None:
    """The name in a scalar that is ``${name}`` and nothing else."""
    found = re.fullmatch(_PARAMETER, text) if text.startswith("${") else None
    return found[1] if found is not None else None


def _fault(document: Document, path: Path, expected: str) -> Fault:
    return Fault(document.place_at(path), path, expected)


def _texts(value: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text in a value, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))
