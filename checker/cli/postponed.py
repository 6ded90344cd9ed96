"""Modules that libraries import at their start and most runs never touch: each is imported when it is first used.

Together they are a tenth of a small check. ``importlib.util.LazyLoader`` is no help: on Python 3.11 it loads a module
as soon as another one imports it.
"""

import sys
from contextlib import contextmanager, suppress
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Click asks ``inspect`` about functions and indents of help, and junit-xml indents with ``minidom``.
STANDARD = ("inspect", "xml.dom.minidom")


def postpone(names: tuple[str, ...] = STANDARD) -> None:
    """Puts a stand-in in the place of each module that is not imported yet."""
    for name in names:
        if name not in sys.modules:
            sys.modules[name] = _stand_in(name)


def _stand_in(name: str) -> ModuleType:
    module = ModuleType(name, f"Stands in for {name} until it is used.")

    def attribute(wanted: str) -> object:
        if sys.modules.get(name) is module:
            del sys.modules[name]
        real = import_module(name)
        # From now on it answers by itself, for those who imported it before.
        vars(module).update(vars(real))
        vars(module).pop("__getattr__", None)
        return getattr(real, wanted)

    vars(module)["__getattr__"] = attribute
    return module


@contextmanager
def without_typing_extensions() -> "Iterator[None]":
    """Where msgspec is imported: it would take from there what Python 3.11 has itself, and it takes long to import."""
    name = "typing_extensions"
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment] # the documented way to make an import fail
    try:
        yield
    finally:
        with suppress(KeyError):
            del sys.modules[name]
