"""The care log: an adopter adds a line to her own, the desk confirms it, nobody edits it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from credit.queries.accounts import consents
from credit.queries.entries import award_of_source
from credit.rules.kinds import Party as Holding
from credit.service import Details, Holder, correct, record_fact
from credit.service.sources import hash_source
from portal.accounts.rules import Actor
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_number, new_token
from portal.kernel.instance import instance_of
from portal.kernel.uploads import KeptPhotos, UploadRow, take_uploads
from volunteers.models.adoption import AdoptionCare, AdoptionPhoto
from volunteers.queries.adoption.adoptions import AdoptionRow, belongs
from volunteers.queries.adoption.care import CareRow, care_by_number
from volunteers.rules.adoption.life import CareState
from volunteers.rules.adoption.lists import deeds_for
from volunteers.rules.adoption.refusals import AdoptionRefusal
from volunteers.service.adoption.checking import forbid_own
from volunteers.service.adoption.found import adoption_here, own_adoption, plot_of
from volunteers.service.adoption.members import people_of
from volunteers.service.adoption.settings import today_of

FACT = "plot_cared"
MOST_VOID = 200


@dataclass(frozen=True)
class Done:
    """What an adopter says she did."""

    deed: str
    day: date
    minutes: int = 0
    words: str = ""
    photos: KeptPhotos = field(default_factory=KeptPhotos)


def write_care(session: Session, actor: Actor, number: str, done: Done, *, now: datetime) -> str:
    """Add a line to the log of one's own plot; its number."""
    row, member = own_adoption(session, actor, number)
    if not belongs(member):
        raise Missing
    if not row.live or row.starts_on is None:
        raise Conflict(AdoptionRefusal.MOVED_ON)
    plot = plot_of(session, row)
    if done.deed not in {deed.code for deed in deeds_for(plot.kind)}:
        raise Refused(AdoptionRefusal.UNKNOWN_DEED, field="deed")
    if done.day > today_of(session, now):
        raise Refused(AdoptionRefusal.DAY_AHEAD, field="day")
    if done.day < row.starts_on:
        raise Refused(AdoptionRefusal.DAY_BEFORE, field="day")
    return _keep(session, row, actor.person_id, done, now)


def _keep(
    session: Session, row: AdoptionRow, person_id: UUID | None, done: Done, now: datetime
) -> str:
    vault, key, number = instance_of(session).vault, new_id(), new_number()
    session.add(
        AdoptionCare(
            id=key, number=number, adoption_id=row.id, plot_id=row.plot_id, person_id=person_id,
            deed=done.deed, done_on=done.day, minutes=done.minutes, at=now,
            sealed_words=vault.seal(done.words.strip()) if done.words.strip() else None,
        )
    )  # fmt: skip
    # photos refer to the line
    session.flush()
    keep_photos(session, row.plot_id, key, take_uploads(session, done.photos, now), now)
    return number


def keep_photos(
    session: Session,
    plot_id: UUID,
    care_id: UUID | None,
    photos: Iterable[UploadRow],
    now: datetime,
) -> None:
    """Photos of a thing (the desk's), or of a line of its log."""
    session.add_all(
        AdoptionPhoto(
            code=new_token(), plot_id=plot_id, care_id=care_id, blob_key=photo.blob_key,
            thumbnail_key=photo.thumbnail_key, width=photo.width, height=photo.height, at=now,
        )
        for photo in photos
    )  # fmt: skip


def void_own_care(
    session: Session, actor: Actor, number: str, care_number: str, reason: str, *, now: datetime
) -> None:
    """Strike out one's own line as long as nobody confirmed it; it stays to be read."""
    row, member = own_adoption(session, actor, number)
    care = _care(session, row, care_number)
    if not belongs(member) or care.person_id != actor.person_id:
        raise Missing
    if care.state is not CareState.WRITTEN:
        raise Conflict(AdoptionRefusal.MOVED_ON)
    _decide(session, care, CareState.VOID, None, now, reason)


def confirm_care(
    session: Session, actor: Actor, number: str, care_number: str, *, now: datetime
) -> None:
    """The desk has seen that it was done: it counts, for whoever did it and asked for points."""
    row = adoption_here(session, actor, number)
    forbid_own(actor, people_of(session, row))
    care = _care(session, row, care_number)
    if care.state is not CareState.WRITTEN:
        raise Conflict(AdoptionRefusal.MOVED_ON)
    _decide(session, care, CareState.CONFIRMED, actor.person_id, now)
    if care.person_id is None:
        return
    noon = datetime.combine(care.done_on, time(12), instance_of(session).city.zone)
    record_fact(
        session, district=row.district, fact=FACT, source=_source(care),
        holder=Holder.person(care.person_id), happened_at=min(noon, now), now=now,
    )  # fmt: skip


def void_care(
    session: Session, actor: Actor, number: str, care_number: str, reason: str, *, now: datetime
) -> None:
    """The desk strikes a line out, with a reason; what it earned is taken back."""
    row = adoption_here(session, actor, number)
    forbid_own(actor, people_of(session, row))
    care = _care(session, row, care_number)
    _decide(session, care, CareState.VOID, actor.person_id, now, reason)
    if care.state is CareState.CONFIRMED and care.person_id is not None:
        _take_back(session, row, care, care.person_id, now)


def _take_back(
    session: Session, row: AdoptionRow, care: CareRow, person_id: UUID, now: datetime
) -> None:
    if not consents(session, row.district, person_id):
        return
    source = hash_source(session, row.district, FACT, _source(care), Holding.PERSON, person_id)
    award = award_of_source(session, row.district, source)
    if award is not None and award.amount:
        correct(
            session, district=row.district, entry_id=new_id(), of=award.id, amount=award.amount,
            details=Details(_source(care)), now=now,
        )  # fmt: skip


def _source(care: CareRow) -> str:
    return f"adoption_care:{care.number}"


def _care(session: Session, row: AdoptionRow, care_number: str) -> CareRow:
    care = care_by_number(session, clean_number(care_number) or "", lock=True)
    if care is None or care.adoption_id != row.id:
        raise Missing
    return care


def _decide(
    session: Session,
    care: CareRow,
    to: CareState,
    staff: UUID | None,
    now: datetime,
    reason: str = "",
) -> None:
    if care.state is CareState.VOID:
        raise Conflict(AdoptionRefusal.VOID_ALREADY)
    if to is CareState.VOID and not reason.strip():
        raise Refused(AdoptionRefusal.NO_REASON, field="reason")
    seen = update(AdoptionCare).where(AdoptionCare.id == care.id, AdoptionCare.state == care.state)
    values = {
        "state": to, "decided_by": staff, "decided_at": now,
        "void_reason": reason.strip()[:MOST_VOID] or None,
    }  # fmt: skip
    if changed_rows(session, seen.values(values)) != 1:
        raise Conflict(AdoptionRefusal.MOVED_ON)
