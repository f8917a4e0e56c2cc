"""One person's entries in words: what a page shows of each line, and where its links lead."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from flask import current_app, url_for

from credit.labels import KINDS, UNITS
from credit.labels.mine import (
    BASIS_CONSENTS,
    CONSENTS,
    STANDING_SHAPES,
    STANDINGS,
    STEPS,
    source_in_words,
)
from credit.queries.mine import Line, Mine
from credit.rules.canonical import Json
from credit.rules.kinds import TRANSFERS, Kind, Phase, effect_of
from credit.rules.leaf import Unit
from credit.rules.lines import Chance, Standing, Step, chance_of, standing_of
from credit.rules.lots import Lot, next_to_expire, still_counting, usable
from portal.kernel.i18n import gettext, in_words
from portal.kernel.web import instance

COVER: Final = "credit/entry"
RULE_PAGE: Final = "credit.rule"
BENEFIT_PAGE: Final = "credit.my_redemption"
# the real minus sign: as wide as the plus
_SIGNS: Final = {True: "+", False: "\N{MINUS SIGN}"}


@dataclass(frozen=True)
class Row:
    """One entry as it is shown. ``still``: nothing moved, it was only held or let go."""

    line: Line
    code: str
    title: str
    why: str
    reason: str
    source: str
    by: str
    unit: str
    change: str
    still: Phase | None
    standing: str
    shape: str
    chance: Chance | None
    to_do: str
    do_url: str
    url: str
    rule_version: int | None
    rule_url: str
    disputed: bool

    @property
    def at(self) -> datetime:
        return self.line.entry.at

    @property
    def after(self) -> int:
        return self.line.after

    @property
    def until(self) -> datetime | None:
        """Until when it counts or is held, while it does. How long the ledger waits for the end of
        a notice is none of this: what she can do about it has a day of its own."""
        if self.line.entry.kind is Kind.DEDUCTION_NOTICE:
            return None
        return self.line.entry.until if self.shape in {"done", "waiting", "active"} else None


def code_of(entry_id: UUID) -> str:
    """An entry's key as addresses show it."""
    return instance().vault.cover(COVER, entry_id)


def entry_behind(code: str) -> UUID | None:
    """The key behind such an address."""
    return instance().vault.uncover(COVER, code)


def rows_of(lines: Iterable[Line]) -> list[Row]:
    return [row_of(line) for line in lines]


def row_of(line: Line) -> Row:
    """A line in the words of the reader's language."""
    entry, details = line.entry, line.details or {}
    standing = standing_of(entry.kind, entry.amount, line.taken_back, line.ended_by)
    chance = _chance(line, standing)
    change, still = _change(line)
    code = code_of(entry.id)
    do_url = _step_url(line, chance.step) if chance else ""
    return Row(
        line=line,
        code=code,
        title=str(KINDS[entry.kind]),
        why=_why(line, details),
        reason=str(details.get("reason", "")) if entry.kind is Kind.CORRECTION else "",
        source=source_in_words(str(details.get("source", ""))) if details else "",
        by=_names(details.get("by")),
        unit=str(UNITS[entry.unit]) if entry.unit else "",
        change=change,
        still=still,
        standing=str(STANDINGS[standing]) if standing else "",
        shape=STANDING_SHAPES.get(standing, "closed") if standing else "",
        chance=chance,
        to_do=str(STEPS[chance.step]) if chance else "",
        do_url=do_url,
        url=url_for("credit.my_entry", code=code),
        rule_version=int(entry.rule.rpartition("@")[2]) if entry.rule and line.rule_title else None,
        rule_url=rule_url(entry.rule or ""),
        disputed=line.matter is not None and line.matter.disputed,
    )


def rule_url(rule: str) -> str:
    """The public page of a rule's version, where this installation has one."""
    code, _, version = rule.partition("@")
    if RULE_PAGE not in current_app.view_functions:
        return ""
    return url_for(RULE_PAGE, code=code, _anchor=f"version-{version}")


def _chance(line: Line, standing: Standing | None) -> Chance | None:
    """What she can do now; a notice knows its own window, which may be longer than the law's."""
    entry, matter = line.entry, line.matter
    chance = chance_of(
        standing, entry.kind, at=entry.at, until=entry.until,
        can_object=matter is None or matter.can_object,
    )  # fmt: skip
    if chance is not None and chance.step is Step.OBJECT and matter is not None:
        return Chance(Step.OBJECT, matter.object_until)
    return chance


def _step_url(line: Line, step: Step) -> str:
    """Where a step is taken; nothing where no page offers it."""
    if step is not Step.COLLECT and line.matter is not None:
        return url_for("credit.my_matter", number=line.matter.number)
    kind, _, number = str((line.details or {}).get("source", "")).partition(":")
    if kind == "redemption" and step is Step.COLLECT and BENEFIT_PAGE in current_app.view_functions:
        return url_for(BENEFIT_PAGE, number=number)
    return ""


def _why(line: Line, details: Mapping[str, Json]) -> str:
    """The reason in a few words: the deed of the rule, and how often it was done."""
    said = details.get("content")
    if line.entry.kind is Kind.CONSENT and isinstance(said, dict):
        known = BASIS_CONSENTS if "basis" in said else CONSENTS
        return str(known.get(str(said.get("consent")), ""))
    words = _names(details.get("title")) or (line.rule_title or "")
    times = details.get("times")
    if words and isinstance(times, int) and times > 1:
        return str(gettext("%(what)s, %(count)s times", what=words, count=times))
    return words


def _names(value: object) -> str:
    """A text, or a table of names in the reader's language."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return in_words({name: text for name, text in value.items() if isinstance(text, str)})
    return ""


def _change(line: Line) -> tuple[str, Phase | None]:
    """What an entry changed, with its sign; what only holds or lets go has none."""
    entry = line.entry
    if entry.amount is None:
        return "", None
    phase = TRANSFERS[entry.kind].phase
    if phase in {Phase.HOLD, Phase.LET_GO}:
        return str(entry.amount), phase
    moved = effect_of(entry.kind, entry.amount, to_holder=line.to_holder).balance
    return f"{_SIGNS[moved > 0]}{abs(moved)}", None


@dataclass(frozen=True)
class Place:
    """How somebody stands in one district: what she agreed to, and both units."""

    district: str
    name: str
    agreed_at: datetime | None
    points: int
    points_held: int
    conduct: int
    conduct_held: int
    next_points: tuple[int, datetime] | None
    next_conduct: datetime | None


def place_of(
    mine: Mine, lots: dict[UUID, list[Lot]], district: str, name: str, now: datetime
) -> Place:
    """The figures at the head of the page: what has run out counts no more."""
    points, conduct = mine.account(district, Unit.POINTS), mine.account(district, Unit.CONDUCT)
    earned = lots.get(points.account_id, []) if points else []
    taken = lots.get(conduct.account_id, []) if conduct else []
    agreed = mine.consent(district)
    ends = [lot.until for lot in taken if lot.until is not None and lot.until > now and lot.net]
    return Place(
        district=district,
        name=name,
        agreed_at=agreed.given_at if agreed else None,
        points=usable(earned, points.available, now) if points else 0,
        points_held=points.held if points else 0,
        conduct=still_counting(taken, now),
        conduct_held=conduct.held if conduct else 0,
        next_points=next_to_expire(earned, points.available, now) if points else None,
        next_conduct=min(ends, default=None),
    )
