"""Every code with which a service may refuse has words, and words of its own."""

import ast
import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from types import ModuleType

from portal.kernel.words import has_words
from tests.house.tree import PACKAGES, called_name, calls, modules

REFUSING = {"Refused", "Conflict"}


def import_everything() -> list[ModuleType]:
    """Load every module of the house, so that all labels are registered."""
    loaded = []
    for package in PACKAGES:
        root = importlib.import_module(package)
        names = [found.name for found in pkgutil.walk_packages(root.__path__, f"{package}.")]
        loaded += [root, *(importlib.import_module(name) for name in names)]
    return loaded


def refusal_names(root: Path) -> set[str]:
    """Names of enums whose members stand in ``Refused(X.Y)`` or ``Conflict(X.Y)``."""
    return {name for module in modules(root) for name in _names(module.tree)}


def _names(tree: ast.AST) -> Iterator[str]:
    for call in calls(tree):
        if called_name(call) in REFUSING and call.args:
            code = call.args[0]
            if isinstance(code, ast.Attribute) and isinstance(code.value, ast.Name):
                yield code.value.id


def refusals(loaded: Iterable[ModuleType], names: set[str]) -> list[type[StrEnum]]:
    """The enums of refusals: used as such, or called so."""
    found = {
        value
        for module in loaded
        for name, value in vars(module).items()
        if isinstance(value, type)
        and issubclass(value, StrEnum)
        and value is not StrEnum
        and (name in names or name.endswith("Refusal"))
    }
    return sorted(found, key=lambda enum: (enum.__module__, enum.__name__))


def speechless(enums: Iterable[type[StrEnum]]) -> list[str]:
    return [
        f"{enum.__module__}: {code!r}" for enum in enums for code in enum if not has_words(code)
    ]


def same_value(enums: Iterable[type[StrEnum]]) -> list[str]:
    """Two refusals that are equal as text would get each other's words."""
    seen: dict[str, StrEnum] = {}
    found = []
    for enum in enums:
        for code in enum:
            other = seen.setdefault(code.value, code)
            if type(other) is not enum:
                found.append(f"{other!r} and {code!r}")
    return found
