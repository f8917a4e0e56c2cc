"""What was done under a campaign, for the inspectors of it: activities and counts, no names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from volunteers.models import Activity, ActivityTag, Shift, SignUp
from volunteers.queries.activities import PUBLIC, said_in, within
from volunteers.rules.activities import ActivityKind, ActivityState
from volunteers.rules.shifts import ShiftState
from volunteers.rules.signing_up import SignUpState


@dataclass(frozen=True)
class EvidenceRow:
    """One activity of a campaign, with what took place of it in a stretch of time."""

    number: str
    kind: ActivityKind
    state: ActivityState
    titles: dict[str, str]
    place_path: str
    first: datetime | None
    last: datetime | None
    shifts: int
    people: int


def evidence_of(
    session: Session,
    tag: str,
    scopes: Sequence[str] | None,
    *,
    since: datetime,
    until: datetime,
) -> list[EvidenceRow]:
    """The activities that bear a tag in some places, with shifts and seats that were taken."""
    on_it = and_(SignUp.shift_id == Shift.id, SignUp.state == SignUpState.TAKEN)
    took_place = and_(
        Shift.activity_id == Activity.id, Shift.state == ShiftState.PLANNED,
        Shift.starts_at >= since, Shift.starts_at < until,
    )  # fmt: skip
    titles = (Activity.title_zh_hans, Activity.title_zh_hant, Activity.title_en)
    plain = (Activity.number, Activity.kind, Activity.state, Activity.place_path)
    statement = (
        select(
            *plain, *titles, func.min(Shift.starts_at).label("first"),
            func.max(Shift.starts_at).label("last"),
            func.count(Shift.id.distinct()).label("shifts"),
            func.count(SignUp.id.distinct()).label("people"),
        )
        .join(ActivityTag, ActivityTag.activity_id == Activity.id)
        .join(Shift, took_place, isouter=True)
        .join(SignUp, on_it, isouter=True)
        .where(ActivityTag.tag == tag, Activity.state.in_(PUBLIC))
        .group_by(Activity.id, *plain, *titles)
        .order_by(Activity.id)
    )  # fmt: skip
    inside = within(Activity.place_path, scopes)
    if inside is not None:
        statement = statement.where(inside)
    return [_row(row) for row in session.execute(statement)]


def _row(row: Any) -> EvidenceRow:
    return EvidenceRow(
        row.number, row.kind, row.state, said_in(row, "title"), row.place_path, row.first,
        row.last, int(row.shifts), int(row.people),
    )  # fmt: skip
