"""Auditors draw samples of closed cases, and write down what they find of each."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from secrets import token_hex
from typing import Any, cast

from sqlalchemy import Table, insert, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.queries import AreaRow, area_by_code
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of
from portal.reports.models import AuditDraw, AuditSampled
from portal.reports.queries.guard import DrawRow, closed_between
from portal.reports.rules.sampling import (
    MOST_CASES,
    MOST_DAYS,
    MOST_SEED,
    MOST_WORDS,
    DrawRefusal,
    Finding,
    draw,
    fingerprint,
    tidy_seed,
    why_not_draw,
)

_SEED_BYTES = 16
_FIELD = {DrawRefusal.NO_PERIOD: "first", DrawRefusal.LONG_PERIOD: "first"}


@dataclass(frozen=True)
class Wanted:
    """What an auditor asks for. An empty seed: the portal draws one and writes it down."""

    first: date | None
    last: date | None
    size: int | None
    seed: str = ""
    place: str = ""


def draw_sample(session: Session, wanted: Wanted, *, actor: Actor, now: datetime) -> str:
    """Fix the seed, then the sample; the number of the draw. Nothing of it changes any more."""
    if not actor.may(Permission.AUDIT_DRAW) or actor.person_id is None:
        raise Forbidden
    zone = instance_of(session).city.zone
    refusal = why_not_draw(wanted.first, wanted.last, city_day(now, zone))
    if refusal is not None or wanted.first is None or wanted.last is None:
        code = refusal or DrawRefusal.NO_PERIOD
        raise Refused(code, field=_FIELD.get(code, "last"), facts={"most": MOST_DAYS})
    seed, size = _seed(wanted), _size(wanted)
    place = _place(session, wanted.place)
    row = AuditDraw(
        id=new_id(),
        number=new_number(),
        auditor_id=actor.person_id,
        at=now,
        first_day=wanted.first,
        last_day=wanted.last,
        place_path=place.path if place else None,
        size=size,
        seed=seed or token_hex(_SEED_BYTES),
        seed_drawn=not seed,
        population=0,
        fingerprint="",
    )
    session.add(row)
    # the seed stands in the database before a single case is read
    session.flush()
    start = datetime.combine(wanted.first, time(), tzinfo=zone)
    end = datetime.combine(wanted.last + timedelta(days=1), time(), tzinfo=zone)
    _fill(session, row, closed_between(session, start, end, row.place_path))
    subject = f"draw:{row.number}"
    note_action(session, at=now, actor_id=actor.person_id, action="audit:draw", subject=subject)
    return row.number


def _seed(wanted: Wanted) -> str:
    seed = tidy_seed(wanted.seed)
    if len(seed) > MOST_SEED:
        raise Refused(DrawRefusal.LONG_SEED, field="seed", facts={"most": MOST_SEED})
    return seed


def _size(wanted: Wanted) -> int:
    if wanted.size is None or not 1 <= wanted.size <= MOST_CASES:
        raise Refused(DrawRefusal.BAD_SIZE, field="size", facts={"most": MOST_CASES})
    return wanted.size


def _place(session: Session, code: str) -> AreaRow | None:
    if not code.strip():
        return None
    found = area_by_code(session, code.strip())
    if found is None:
        raise Refused(DrawRefusal.UNKNOWN_PLACE, field="place")
    return found


def _fill(session: Session, row: AuditDraw, closed: dict[str, tuple[str, Any]]) -> None:
    """Keep the sample, and what it was drawn from."""
    if not closed:
        raise Refused(DrawRefusal.NO_CASES, field="first")
    row.population, row.fingerprint = len(closed), fingerprint(closed)
    rows = [
        {"district": closed[number][0], "draw_id": row.id, "case_id": closed[number][1],
         "number": number, "position": position}
        for position, number in enumerate(draw(row.seed, closed, row.size), start=1)
    ]  # fmt: skip
    session.execute(insert(cast("Table", AuditSampled.__table__)), rows)


def record_finding(
    session: Session,
    draw_row: DrawRow,
    number: str,
    finding: Finding | None,
    words: str | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Write down what was found of one case, once: of two auditors the second is told."""
    if not actor.may(Permission.AUDIT_DRAW):
        raise Forbidden
    said = (words or "").strip()
    if finding is None:
        raise Refused(DrawRefusal.NO_FINDING, field="finding")
    if finding is Finding.NOT_IN_ORDER and not said:
        raise Refused(DrawRefusal.WORDS_MISSING, field="words")
    if len(said) > MOST_WORDS:
        raise Refused(DrawRefusal.LONG_WORDS, field="words", facts={"most": MOST_WORDS})
    changed = changed_rows(
        session,
        update(AuditSampled)
        .where(
            AuditSampled.draw_id == draw_row.id,
            AuditSampled.number == number,
            AuditSampled.finding.is_(None),
        )
        .values(finding=finding, words=said or None, found_at=now, found_by=actor.person_id),
    )
    if changed != 1:
        raise Conflict(DrawRefusal.FOUND_ALREADY)
