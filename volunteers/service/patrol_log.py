"""The log of a patrol, its ticks, and findings that become reports in one step (R247, R029).

Members write while it runs and a while around it; organisers later, with a reason. What leads to a
person is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.queries import area_by_id, locate
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Forbidden, Missing, Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from portal.kernel.uploads import KeptPhotos, uploads_of
from portal.reports.queries.categories import category_on
from portal.reports.rules.codes import Source
from portal.reports.rules.intake import Contact, ReportAnswers
from portal.reports.service.intake import file_report
from volunteers.models import Doorstep, PatrolAnswer, PatrolEntry, PatrolTick
from volunteers.queries.on_the_day import DayShift, MySignUp, my_sign_up, shift_by_number
from volunteers.queries.patrols import (
    CheckpointRow,
    checkpoints_of,
    is_public,
    route_of,
    team_of,
)
from volunteers.rules.activities import DutyKind
from volunteers.rules.doorsteps import (
    FEWEST_DOORS,
    LONGEST_BUILDING,
    MOST_ENTRANCES,
    DoorRefusal,
    DoorTopic,
    DoorWish,
)
from volunteers.rules.patrols import (
    LONGEST_LOG,
    MOST_COUNT,
    LogWish,
    PatrolRefusal,
    checklists,
    what_is_wrong,
    why_not_now,
)
from volunteers.rules.shifts import LONGEST_REASON
from volunteers.service.on_the_day import refuse_if_called_off, settings_of

_FACTS: Final[Mapping[StrEnum, Mapping[str, int]]] = {
    PatrolRefusal.BAD_COUNT: {"most": MOST_COUNT},
    DoorRefusal.FEW_DOORS: {"fewest": FEWEST_DOORS},
    DoorRefusal.BAD_BUILDING: {"most": LONGEST_BUILDING},
    DoorRefusal.BAD_ENTRANCE: {"most": MOST_ENTRANCES},
}


@dataclass(frozen=True)
class FindingWish:
    """What was found: as which kind of problem, in words, with photos, at which checkpoint."""

    category: str
    words: str
    where: str = ""
    photos: KeptPhotos = field(default_factory=KeptPhotos)
    checkpoint: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Writer:
    """Who writes into a log: a member of the shift now, or an organiser afterwards."""

    shift: DayShift
    member: MySignUp | None
    actor: Actor

    @property
    def late(self) -> bool:
        return self.member is None


def patrol_here(session: Session, number: str, actor: Actor) -> DayShift:
    """A patrol that this reader may see: a public one, one of her place, one of her own."""
    shift = shift_by_number(session, number)
    if shift is None or not (
        is_public(session, shift.activity_id) or may_read(session, shift, actor)
    ):
        raise Missing
    return shift


def may_read(session: Session, shift: DayShift, actor: Actor) -> bool:
    """Whether somebody reads the words of a log: members and organisers do."""
    if actor.may(Permission.SHIFT_MANAGE, place_path=shift.place_path):
        return True
    return actor.person_id is not None and (
        my_sign_up(session, shift.id, actor.person_id) is not None
    )


def writer_of(session: Session, number: str, actor: Actor, now: datetime) -> Writer:
    """Who this is to the log. Missing for whoever neither serves nor organises.

    Raises Refused for a member outside the time of the shift who does not organise.
    """
    shift = patrol_here(session, number, actor)
    if actor.person_id is None or not may_read(session, shift, actor):
        raise Missing
    refuse_if_called_off(shift)
    window = settings_of(session).window
    member = my_sign_up(session, shift.id, actor.person_id)
    refusal = why_not_now(shift.span, window, now)
    if member is not None and refusal is None:
        return Writer(shift, member, actor)
    organiser = actor.may(Permission.SHIFT_MANAGE, place_path=shift.place_path)
    if not organiser or refusal is PatrolRefusal.BEFORE:
        minutes = int(window.total_seconds()) // 60
        raise Refused(refusal or PatrolRefusal.AFTER, facts={"minutes": minutes})
    return Writer(shift, None, actor)


def write_entry(
    session: Session, actor: Actor, number: str, wish: LogWish, *, now: datetime
) -> UUID:
    """Add an entry to the log that all teams of a patrol share."""
    writer = writer_of(session, number, actor, now)
    wrong = what_is_wrong(wish)
    if wrong is not None:
        name, refusal = wrong
        raise Refused(refusal, field=name, facts=_FACTS.get(refusal, {"most": LONGEST_LOG}))
    point = _checkpoint(session, writer.shift, wish.checkpoint)
    _check_answers(session, writer.shift, wish)
    return _add(session, writer, wish, point, None, now)


def _check_answers(session: Session, shift: DayShift, wish: LogWish) -> None:
    route = route_of(session, shift.id) if wish.answers else None
    known = checklists()[route.checklist].items if route and route.checklist else {}
    if set(wish.answers) - set(known):
        raise Missing


def _checkpoint(session: Session, shift: DayShift, place: int | None) -> CheckpointRow | None:
    """The point of the shift's route that is meant; Missing for one that it does not have."""
    if place is None:
        return None
    route = route_of(session, shift.id)
    points = checkpoints_of(session, route.id) if route else []
    found = next((one for one in points if one.place == place), None)
    if found is None:
        raise Missing
    return found


def _add(
    session: Session,
    writer: Writer,
    wish: LogWish,
    point: CheckpointRow | None,
    case_number: str | None,
    now: datetime,
) -> UUID:
    reason = wish.reason.strip()[:LONGEST_REASON]
    if writer.late and not reason:
        raise Refused(PatrolRefusal.NO_REASON, field="reason")
    person_id = writer.actor.person_id
    if wish.duty is None or person_id is None:
        raise Forbidden
    entry = PatrolEntry(
        id=new_id(), shift_id=writer.shift.id, duty=wish.duty, made_at=now,
        words=wish.words.strip(), people=wish.people, doors=wish.doors,
        checkpoint_id=point.id if point else None,
        team_id=team_of(session, writer.shift.activity_id, person_id),
        sign_up_id=writer.member.id if writer.member else None,
        actor_id=person_id if writer.late else None, reason=reason if writer.late else None,
        case_number=case_number,
    )  # fmt: skip
    session.add(entry)
    # its answers refer to it
    session.flush()
    if wish.at_doors.topic is not None:
        session.add(_doorstep(entry.id, wish.at_doors.topic, wish.at_doors))
    session.add_all(
        PatrolAnswer(entry_id=entry.id, item=item, finding=finding)
        for item, finding in wish.answers.items()
    )
    return entry.id


def _doorstep(entry_id: UUID, topic: DoorTopic, wish: DoorWish) -> Doorstep:
    return Doorstep(
        entry_id=entry_id, topic=topic, agreed=wish.agreed,
        building=wish.building.strip().upper() or None, entrance=wish.entrance,
    )  # fmt: skip


def tick_checkpoint(
    session: Session, actor: Actor, number: str, place: int, *, now: datetime
) -> None:
    """Say that a checkpoint was passed; whoever ticks it first, once. Members only, on the way."""
    writer = writer_of(session, number, actor, now)
    if writer.member is None:
        raise Refused(PatrolRefusal.AFTER, facts=_minutes(session))
    point = _checkpoint(session, writer.shift, place)
    if point is None:
        raise Missing
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    tick = dialect.insert(PatrolTick).values(
        shift_id=writer.shift.id, checkpoint_id=point.id, at=now, sign_up_id=writer.member.id
    )
    changed_rows(session, tick.on_conflict_do_nothing())


def _minutes(session: Session) -> Mapping[str, int]:
    return {"minutes": int(settings_of(session).window.total_seconds()) // 60}


def file_finding(
    session: Session,
    actor: Actor,
    number: str,
    wish: FindingWish,
    *,
    language: str,
    now: datetime,
) -> str:
    """Report what was found, in one step: the case's number. The log leads to it.

    The case comes from a patrol of volunteers; whoever found it is its reporter, with every
    protection that reporters have (N1).
    """
    writer = writer_of(session, number, actor, now)
    entry = LogWish(DutyKind.REPORT, wish.words, checkpoint=wish.checkpoint, reason=wish.reason)
    wrong = what_is_wrong(entry)
    if wrong is not None:
        name, refusal = wrong
        raise Refused(refusal, field=name, facts={"most": LONGEST_LOG})
    if writer.late and not wish.reason.strip():
        raise Refused(PatrolRefusal.NO_REASON, field="reason")
    point = _checkpoint(session, writer.shift, wish.checkpoint)
    answers = _answers(session, writer.shift, wish, point, language, now)
    filed = file_report(
        session, answers, actor=actor, owner=wish.photos.owner, source=Source.VOLUNTEER_PATROL,
        now=now,
    )  # fmt: skip
    _add(session, writer, entry, point, filed.number, now)
    return filed.number


def _answers(
    session: Session,
    shift: DayShift,
    wish: FindingWish,
    point: CheckpointRow | None,
    language: str,
    now: datetime,
) -> ReportAnswers:
    day = city_day(now, instance_of(session).city.zone)
    kind = category_on(session, wish.category, day)
    if kind is None:
        raise Refused(PatrolRefusal.NO_CATEGORY, field="category")
    area = area_by_id(session, shift.area_id)
    if area is None:
        raise Missing
    where = _where(session, wish.photos, point, now)
    found = locate(session, *where) if where else None
    return ReportAnswers(
        photos=wish.photos.tokens,
        photo_answered=True,
        # the place where the photo was taken, when that is in the city; else the patrol's
        area_code=found.code if found else area.code,
        lon=where[0] if where and found else None,
        lat=where[1] if where and found else None,
        category_code=kind.code,
        place_words=wish.where.strip() or (point.name if point else ""),
        words=wish.words.strip(),
        words_answered=True,
        contact=Contact.ACCOUNT,
        # matters aimed at a person or a shop show no words of anybody (P5)
        publish=None if kind.protected else True,
        language=language,
    )


def _where(
    session: Session, photos: KeptPhotos, point: CheckpointRow | None, now: datetime
) -> tuple[float, float] | None:
    """Where a photo says it was taken; else the checkpoint's point."""
    for photo in uploads_of(session, photos, now).values():
        if (
            photo.lon is not None
            and photo.lat is not None
            and locate(session, photo.lon, photo.lat) is not None
        ):
            return photo.lon, photo.lat
    if point is not None and point.lon is not None and point.lat is not None:
        return point.lon, point.lat
    return None
