"""Reads of talks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.areas.rules import tidy_names
from portal.assessment.models import Frozen, FrozenRow, TalkRecord
from portal.assessment.rules import TalkState

LATEST = 100


@dataclass(frozen=True)
class TalkRow:
    """A talk with the name of its unit."""

    number: str
    period: str
    group: str
    rule_code: str
    state: TalkState
    office: str | None
    held_on: date | None
    promise: str | None
    follow_up_on: date | None
    followed: str | None
    names: Mapping[str, str]


_PLAIN = tuple(name for name in TalkRow.__dataclass_fields__ if name != "names")


def _talks(session: Session, *conditions: Any) -> list[TalkRow]:
    columns = (
        TalkRecord.number, Frozen.period, TalkRecord.group, TalkRecord.rule_code, TalkRecord.state,
        TalkRecord.office, TalkRecord.held_on, TalkRecord.promise, TalkRecord.follow_up_on,
        TalkRecord.followed, FrozenRow.name_zh_hans, FrozenRow.name_zh_hant, FrozenRow.name_en,
    )  # fmt: skip
    statement = (
        select(*columns)
        .join(Frozen, Frozen.slug == TalkRecord.slug)
        .join(
            FrozenRow,
            (FrozenRow.slug == TalkRecord.slug)
            & (FrozenRow.group == TalkRecord.group)
            & (FrozenRow.unit == TalkRecord.unit),
        )
        .where(*conditions)
        .order_by(Frozen.period.desc(), TalkRecord.number)
        .limit(LATEST)
    )
    found = list[TalkRow]()
    for row in session.execute(statement):
        *plain, hans, hant, english = row
        names = tidy_names({"zh_Hans": hans, "zh_Hant": hant, "en": english})
        said = dict(zip(_PLAIN, plain, strict=True))
        found.append(TalkRow(**said, names=names))
    return found


def all_talks(session: Session) -> list[TalkRow]:
    """The last talks, the newest period first."""
    return _talks(session)


def talk_by_number(session: Session, number: str) -> TalkRow | None:
    """One talk."""
    rows = _talks(session, TalkRecord.number == number)
    return rows[0] if rows else None


def called_already(session: Session, period: str, rule: str) -> set[str]:
    """The units that a rule called for a period."""
    statement = (
        select(TalkRecord.unit)
        .join(Frozen, Frozen.slug == TalkRecord.slug)
        .where(Frozen.period == period, TalkRecord.rule_code == rule)
    )
    return set(session.scalars(statement))
