"""What a service may answer instead of doing the work.

A refusal carries a *code* (a ``StrEnum`` member), never words: services know no language. The words
stand in ``labels.py`` of the package, registered with ``portal.kernel.words``.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Refused(Exception):
    """The rules say no. ``field`` names the form field to blame, ``facts`` fill the sentence."""

    def __init__(
        self, code: StrEnum, *, field: str | None = None, facts: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(code.value)
        self.code = code
        self.field = field
        self.facts = dict(facts or {})


class Conflict(Refused):
    """Somebody else was first (a lost race, a stale form): answered with 409 and words."""


class Counted(Refused):
    """A refusal that costs one of a few tries: what was written before it stays written."""


class Missing(Exception):
    """There is no such thing, or it is not yours to know: answered with 404."""


class Forbidden(Exception):
    """You may know of it, but not do this: answered with 403."""


class Busy(Exception):
    """The database cannot take the write now: answered with 503 and Retry-After."""


class BadData(Exception):
    """A file that people prepared is damaged. ``problems`` are ``(line, reason)``, 1-based."""

    def __init__(self, source: str, problems: list[tuple[int, str]]) -> None:
        self.source = source
        self.problems = problems
        lines = "; ".join(f"line {line}: {reason}" for line, reason in problems[:20])
        more = f" (and {len(problems) - 20} more)" if len(problems) > 20 else ""
        super().__init__(f"{source}: {lines}{more}")
