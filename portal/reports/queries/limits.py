"""Reads of the time limits: which there are for a kind of problem, and what they are called."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.areas.rules import tidy_names
from portal.kernel.db import once
from portal.reports.models import CategoryLimit, HandlingLimit, LimitCondition
from portal.reports.rules.limits import ANY, Limit, Stage


def limits_of(session: Session, category_code: str) -> list[Limit]:
    """Every limit of a kind of problem, whenever it begins: those of all conditions and places."""
    return once(session, (Limit, category_code), lambda: _limits(session, category_code))


def _limits(session: Session, category_code: str) -> list[Limit]:
    base = session.scalars(
        select(CategoryLimit).where(CategoryLimit.category_code == category_code)
    )
    further = session.scalars(
        select(HandlingLimit)
        .where(HandlingLimit.category_code == category_code)
        .order_by(
            HandlingLimit.condition,
            HandlingLimit.tag,
            HandlingLimit.valid_from,
            HandlingLimit.stage,
        )
    )
    # of one key and day the one with stages says more
    keyed = groupby(further, key=lambda row: (row.condition, row.tag, row.valid_from))
    return [_staged(list(stages)) for _, stages in keyed] + [_base(row) for row in base]


def _base(row: CategoryLimit) -> Limit:
    stages = (Stage(row.minutes),)
    return Limit(ANY, ANY, row.valid_from, row.round_the_clock, None, row.source, stages)


def _staged(rows: Sequence[HandlingLimit]) -> Limit:
    last = rows[-1]
    return Limit(
        last.condition,
        last.tag,
        last.valid_from,
        last.round_the_clock,
        last.calendar_code,
        last.source,
        tuple(
            Stage(
                row.minutes,
                tidy_names({"zh_Hans": row.stage_zh_Hans, "zh_Hant": row.stage_zh_Hant,
                            "en": row.stage_en}),
                tidy_names({"zh_Hans": row.closing_zh_Hans, "zh_Hant": row.closing_zh_Hant,
                            "en": row.closing_en}),
            )
            for row in rows
        ),
    )  # fmt: skip


def limit_of_case(
    limits: Iterable[Limit], condition: str | None, tag: str | None, valid_from: date | None
) -> Limit | None:
    """The very limit that was given to a case."""
    key = (condition or ANY, tag or ANY, valid_from)
    found = (one for one in limits if (one.condition, one.tag, one.valid_from) == key)
    return next(found, None)


def conditions_of(session: Session, category_code: str, on: date) -> dict[str, Mapping[str, str]]:
    """The conditions for which a kind of problem has limits on a day, in their order."""
    used = select(HandlingLimit.condition).where(
        HandlingLimit.category_code == category_code,
        HandlingLimit.condition != ANY,
        HandlingLimit.valid_from <= on,
    )
    rows = session.scalars(
        select(LimitCondition)
        .where(LimitCondition.code.in_(used))
        .order_by(LimitCondition.position, LimitCondition.code)
    )
    return {row.code: _names(row) for row in rows}


def condition_names(session: Session, code: str | None) -> Mapping[str, str]:
    """What a condition is called; nothing for none."""
    row = session.get(LimitCondition, code) if code else None
    return _names(row) if row else {}


def _names(row: LimitCondition) -> Mapping[str, str]:
    return tidy_names({"zh_Hans": row.name_zh_Hans, "zh_Hant": row.name_zh_Hant, "en": row.name_en})
