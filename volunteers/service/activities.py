"""Activities: written, published, closed, called off by the organisers of a place (R148, R204)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, AgeBand, Permission
from portal.areas.queries import AreaRow, area_by_code
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of
from portal.organisations.queries import organisation_by_code
from volunteers.models import Activity, ActivityTag, ActivityTeam, Team
from volunteers.queries.activities import LANGUAGES, ActivityRow, activity
from volunteers.queries.shifts import shifts_of
from volunteers.rules.activities import ActivityKind, ActivityState
from volunteers.rules.offering import (
    STEPS,
    WRITABLE,
    ActivityRefusal,
    ActivityStep,
    ActivityWish,
    flaw_of,
)
from volunteers.rules.shifts import LONGEST_REASON
from volunteers.service.acts import note, who
from volunteers.service.calling_off import call_off_shifts


def may_organise(actor: Actor, place_path: str) -> bool:
    """Whether somebody organises the voluntary service of a place."""
    return actor.may(Permission.SHIFT_MANAGE, place_path=place_path)


def activity_to_manage(session: Session, actor: Actor, number: str) -> ActivityRow:
    """An activity of her own places. Raises Missing for what lies elsewhere."""
    row = activity(session, number)
    if row is None or not may_organise(actor, row.place_path):
        raise Missing
    return row


def place_to_organise(session: Session, actor: Actor, code: str, now: datetime) -> AreaRow:
    """A place that exists today and where she organises."""
    today = city_day(now, instance_of(session).city.zone)
    area = area_by_code(session, code, on=today)
    if area is None or not may_organise(actor, area.path):
        raise Refused(ActivityRefusal.NO_PLACE, field="area")
    return area


def write_activity(
    session: Session, actor: Actor, wish: ActivityWish, *, area_code: str, now: datetime
) -> str:
    """Write an activity; its number. It is a draft until somebody publishes it."""
    area = place_to_organise(session, actor, area_code, now)
    columns = _columns(session, wish, now)
    row = Activity(
        id=new_id(), number=new_number(), state=ActivityState.DRAFT, area_id=area.id,
        place_path=area.path, lon=area.lon, lat=area.lat, writer_id=who(actor), written_at=now,
        **columns,
    )  # fmt: skip
    session.add(row)
    # tags and teams refer to it
    session.flush()
    _keep_lists(session, row.id, wish)
    note(session, actor, "activity:write", row.number, now)
    return row.number


def change_activity(
    session: Session, actor: Actor, number: str, wish: ActivityWish, *, seen: int, now: datetime
) -> None:
    """Write an activity anew. What its shifts say of time and place is their own."""
    row = activity_to_manage(session, actor, number)
    if row.state not in WRITABLE:
        raise Conflict(ActivityRefusal.NO_STEP)
    write_as_seen(session, row.id, seen, **_columns(session, wish, now))
    _keep_lists(session, row.id, wish)
    note(session, actor, "activity:change", number, now)


def step_activity(
    session: Session,
    actor: Actor,
    number: str,
    step: ActivityStep,
    *,
    seen: int,
    reason: str = "",
    now: datetime,
) -> int:
    """Publish, close, reopen or call off; how many shifts were called off with it."""
    row = activity_to_manage(session, actor, number)
    sources, target = STEPS[step]
    if row.state not in sources:
        raise Conflict(ActivityRefusal.NO_STEP)
    why = reason.strip()[:LONGEST_REASON]
    ends = step is ActivityStep.CALL_OFF
    if ends and not why:
        raise Refused(ActivityRefusal.NO_REASON, field="reason")
    changes: dict[str, Any] = {"cancel_reason": why} if ends else {}
    write_as_seen(session, row.id, seen, state=target, **changes)
    note(session, actor, f"activity:{step.value}", number, now, why or None)
    if not ends:
        return 0
    coming = [one.id for one in shifts_of(session, row.id, since=now) if one.starts_at > now]
    return call_off_shifts(session, actor, coming, reason=why, now=now)


def _columns(session: Session, wish: ActivityWish, now: datetime) -> dict[str, Any]:
    flaw = flaw_of(wish, instance_of(session).city.default_language)
    if flaw is not None:
        raise Refused(flaw[0], field=flaw[1])
    return {
        "kind": ActivityKind(wish.kind),
        **_texts("title", wish.titles),
        **_texts("words", wish.words),
        "meeting_place": wish.meeting_place,
        "organisation_id": _organisation(session, wish.organisation, now),
        "risky": wish.risky,
        "risks": wish.risks,
        "insurance": wish.insurance,
        "gear": wish.gear,
        "youngest": AgeBand(wish.youngest),
    }


def _texts(what: str, said: Mapping[str, str]) -> dict[str, str | None]:
    return {f"{what}_{lang.lower()}": said.get(lang) or None for lang in LANGUAGES}


def _organisation(session: Session, code: str, now: datetime) -> UUID | None:
    if not code:
        return None
    found = organisation_by_code(session, code)
    if found is None or not found.valid_on(city_day(now, instance_of(session).city.zone)):
        raise Refused(ActivityRefusal.NO_ORGANISATION, field="organisation")
    return found.id


def _keep_lists(session: Session, activity_id: UUID, wish: ActivityWish) -> None:
    """The tags and teams as they are wished."""
    teams = list(session.scalars(select(Team.id).where(Team.number.in_(wish.teams))))
    if len(teams) != len(wish.teams):
        raise Refused(ActivityRefusal.NO_TEAM, field="teams")
    for table in (ActivityTag, ActivityTeam):
        session.execute(delete(table).where(table.activity_id == activity_id))
    session.add_all(ActivityTag(activity_id=activity_id, tag=tag) for tag in sorted(wish.tags))
    session.add_all(ActivityTeam(activity_id=activity_id, team_id=team) for team in teams)
    # whoever reads them next in this transaction finds them
    session.flush()


def write_as_seen(session: Session, activity_id: UUID, seen: int, **changes: Any) -> None:
    """Change an activity as it was seen; Conflict when somebody wrote meanwhile."""
    mine = update(Activity).where(Activity.id == activity_id, Activity.version == seen)
    if changed_rows(session, mine.values(version=Activity.version + 1, **changes)) != 1:
        raise Conflict(ActivityRefusal.CHANGED)
