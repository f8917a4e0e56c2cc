"""Questions of departments and on major decisions: prepared, announced, answered by communities.

Whoever writes an opinion, an answer or the reply locks the question, so that none comes after the
reply that ought to speak of it.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.queries import AreaRow, area_by_code, areas_by_codes, descendants_at_level
from portal.conventions.models import Consultation, ConsultationPlace
from portal.conventions.queries.consultations import AskingRow, asking_by_number, places_of
from portal.conventions.rules.consultations import (
    MOST_PLACES,
    AskingRefusal,
    AskingWish,
    ConsultationState,
    flaw_of_question,
    why_not_say,
)
from portal.conventions.service.meetings import MANAGE
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_number
from portal.kernel.instance import instance_of
from portal.organisations.queries import standing_organisations

OPEN: Final = Permission.CONSULTATION_OPEN
_COMMUNITY: Final = "community"
_FIELDS: Final = {
    AskingRefusal.DAYS: "closes_on", AskingRefusal.SHORT: "short_why",
}  # fmt: skip


def any_asking(session: Session, number: str) -> AskingRow:
    """An announced question, however its number was typed."""
    row = asking_by_number(session, clean_number(number) or "")
    if row is None or row.state is ConsultationState.DRAFT:
        raise Missing
    return row


def asks(actor: Actor, row: AskingRow) -> bool:
    """Whether somebody speaks for whoever asks: its unit, or the office of the place."""
    places = actor.places_for(OPEN)
    if places is None:
        return True
    if row.organisation_id is not None:
        return row.organisation_id in actor.organisations_for(OPEN)
    return any(row.place_path.startswith(path) for path in places)


def asking_here(session: Session, actor: Actor, number: str, *, lock: bool = False) -> AskingRow:
    """A question that somebody asks herself; any other is Missing."""
    row = asking_by_number(session, clean_number(number) or "", lock=lock)
    if row is None or not asks(actor, row):
        raise Missing
    return row


def start_asking(
    session: Session, actor: Actor, wish: AskingWish, unit_id: UUID | None, *, now: datetime
) -> str:
    """Prepare a question; its number. ``unit_id``: the unit that asks, None: the office of the
    place. Nobody reads it before it is announced."""
    area = _place(session, actor, wish.place, unit_id, now)
    _refuse(session, wish, now)
    row = Consultation(
        id=new_id(), number=new_number(), kind=wish.kind, area_id=area.id, place_path=area.path,
        organisation_id=unit_id, title=wish.title, markdown=wish.markdown, opens_on=wish.opens_on,
        closes_on=wish.closes_on, short_why=wish.short_why or None, made_at=now,
        made_by=actor.person_id,
    )  # fmt: skip
    session.add(row)
    # its places refer to it by its key alone
    session.flush()
    _put_places(session, row.id, area, wish)
    return row.number


def _place(
    session: Session, actor: Actor, code: str, unit_id: UUID | None, now: datetime
) -> AreaRow:
    area = area_by_code(session, code.strip().upper())
    today = city_day(now, instance_of(session).city.zone)
    hers = standing_organisations(session, actor.organisations_for(OPEN), today)
    places = actor.places_for(OPEN)
    here = area is not None and (
        unit_id in {one.id for one in hers}
        or places is None
        or any(area.path.startswith(path) for path in places)
    )
    if area is None or not here:
        raise Refused(AskingRefusal.NO_PLACE, field="place")
    return area


def change_asking(
    session: Session, actor: Actor, number: str, wish: AskingWish, *, now: datetime
) -> None:
    """Prepare it otherwise, as long as it is not announced. It stays in its place."""
    row = asking_here(session, actor, number, lock=True)
    if row.state is not ConsultationState.DRAFT:
        raise Conflict(AskingRefusal.OPENED)
    _refuse(session, wish, now)
    session.execute(
        update(Consultation)
        .where(Consultation.id == row.id)
        .values(
            kind=wish.kind, title=wish.title, markdown=wish.markdown, opens_on=wish.opens_on,
            closes_on=wish.closes_on, short_why=wish.short_why or None,
        )
    )  # fmt: skip
    session.execute(delete(ConsultationPlace).where(ConsultationPlace.consultation_id == row.id))
    area = area_by_code(session, wish.place)
    if area is not None:
        _put_places(session, row.id, area, wish)


def _refuse(session: Session, wish: AskingWish, now: datetime) -> None:
    flaw = flaw_of_question(wish, city_day(now, instance_of(session).city.zone))
    if flaw is not None:
        raise Refused(flaw, field=_FIELDS.get(flaw, "places"), facts={"most": MOST_PLACES})


def _put_places(session: Session, row_id: UUID, area: AreaRow, wish: AskingWish) -> None:
    """A place that has communities below it stands for all of them."""
    codes = [code.strip().upper() for code in wish.places]
    known = areas_by_codes(session, codes)
    bad = [code for code in codes if code not in known or not _inside(known[code], area)]
    if bad:
        facts = {"codes": " ".join(bad)}
        raise Refused(AskingRefusal.UNKNOWN_PLACES, field="places", facts=facts)
    found = dict[UUID, AreaRow]()
    for code in codes:
        below = descendants_at_level(session, known[code].path, _COMMUNITY)
        found |= {one.id: one for one in below or [known[code]]}
    if len(found) > MOST_PLACES:
        facts = {"most": str(MOST_PLACES)}
        raise Refused(AskingRefusal.TOO_MANY_PLACES, field="places", facts=facts)
    session.add_all(
        ConsultationPlace(consultation_id=row_id, area_id=one.id, place_path=one.path)
        for one in found.values()
    )


def _inside(one: AreaRow, area: AreaRow) -> bool:
    return one.path.startswith(area.path)


def announce(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Announce a question. Its first day may not be over, or people would have less time."""
    row = asking_here(session, actor, number, lock=True)
    if row.state is not ConsultationState.DRAFT:
        raise Conflict(AskingRefusal.OPENED)
    if row.opens_on < city_day(now, instance_of(session).city.zone):
        raise Refused(AskingRefusal.DAYS)
    values = {"state": ConsultationState.OPEN, "opened_at": now}
    session.execute(update(Consultation).where(Consultation.id == row.id).values(values))


def answer_for_place(
    session: Session, actor: Actor, number: str, code: str, words: str, *, now: datetime
) -> None:
    """Answer as a community, once and in time. Of two at once the second is told."""
    row = asking_by_number(session, clean_number(number) or "", lock=True)
    area = area_by_code(session, code)
    if row is None or area is None or not actor.may(MANAGE, place_path=area.path):
        raise Missing
    if area.id not in {one.area_id for one in places_of(session, row.id)}:
        raise Refused(AskingRefusal.NOT_ASKED)
    refusal = why_not_say(row.phase(city_day(now, instance_of(session).city.zone)))
    if refusal is not None:
        raise Refused(refusal, facts={"day": row.closes_on, "first": row.opens_on})
    one = ConsultationPlace
    statement = (
        update(one)
        .where(one.consultation_id == row.id, one.area_id == area.id, one.answered.is_(None))
        .values(answered=words, answered_at=now, answered_by=actor.person_id)
    )
    if not changed_rows(session, statement):
        raise Conflict(AskingRefusal.ANSWERED)
