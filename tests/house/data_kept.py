"""What the portal has room for: every column of every table, every field of every form."""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator

from wtforms import Form
from wtforms.fields.core import UnboundField

import credit
import pledges
import portal
import volunteers
from portal.kernel.db import Base
from portal.site import packages  # noqa: F401  brings in the tables of every package


def columns() -> Iterator[str]:
    """``table.column`` of everything that is kept."""
    for table in Base.metadata.tables.values():
        yield from (f"{table.name}.{column.name}" for column in table.c)


def fields() -> Iterator[str]:
    """``Form.field`` of everything that is asked for."""
    for package in (portal, credit, volunteers, pledges):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".forms" in module.name:
                importlib.import_module(module.name)
    for form in set(_below(Form)):
        for name in dir(form):
            if isinstance(getattr(form, name, None), UnboundField):
                yield f"{form.__name__}.{name}"


def _below(form: type) -> Iterator[type]:
    for each in form.__subclasses__():
        yield each
        yield from _below(each)


def speaking_of(words: Iterable[str], names: Iterable[str]) -> list[str]:
    """The names that have one of the words in them, as a word of its own."""
    wanted = set(words)
    return sorted(name for name in names if wanted & set(name.replace(".", "_").lower().split("_")))
