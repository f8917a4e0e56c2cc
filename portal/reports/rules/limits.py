"""Which time limit holds: by kind of problem, condition and kind of place; the most specific wins.

Limits may have stages (stop, fine, demolish), each with its own end and what must be so by then.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

ANY = ""


@dataclass(frozen=True)
class Stage:
    """A part of a limit: its end in minutes from the start, its name, and what must be so then."""

    minutes: int
    names: Mapping[str, str] = field(default_factory=dict)
    closing: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Limit:
    """A limit from a day on. ``condition`` and ``tag`` (of a place) empty: whatever they are."""

    condition: str
    tag: str
    valid_from: date
    round_the_clock: bool
    calendar_code: str | None
    source: str
    stages: tuple[Stage, ...]

    @property
    def minutes(self) -> int:
        """The whole limit is that of its last stage."""
        return self.stages[-1].minutes


def limit_that_holds(
    limits: Iterable[Limit], on: date, condition: str, tags: Collection[str]
) -> Limit | None:
    """The limit of one kind of problem on a day, for a condition and a place with its tags.

    Of each pair (condition, tag) the newest that has begun counts. Of those that fit, one for the
    condition goes before one for the place, and both together before either; of several tags the
    shortest limit wins, because each of them asks for at least that much.
    """
    newest: dict[tuple[str, str], Limit] = {}
    for limit in limits:
        key = (limit.condition, limit.tag)
        begun = limit.valid_from <= on
        if begun and (key not in newest or newest[key].valid_from < limit.valid_from):
            newest[key] = limit
    fitting = [
        limit
        for limit in newest.values()
        if limit.condition in {ANY, condition} and (limit.tag == ANY or limit.tag in tags)
    ]
    return min(fitting, key=_rank, default=None)


def _rank(limit: Limit) -> tuple[bool, bool, int, str]:
    return (limit.condition == ANY, limit.tag == ANY, limit.minutes, limit.tag)
