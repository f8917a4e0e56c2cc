"""Estates and their five parties (R136); the filing register of owners' committees (R051).

The community enters estates; the register is kept by whoever files. Locks: estate, committee.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.conventions.models import Estate, EstateParty, OwnersCommittee, OwnersMember
from portal.conventions.queries.estates import (
    CommitteeRow,
    EstateRow,
    MemberRow,
    committee_by_number,
    committee_of,
    estate_by_number,
    member_by_id,
    parties_of,
)
from portal.conventions.rules.community import CommunityRefusal, Party
from portal.conventions.service.places import (
    HIDE_NAME,
    MANAGE,
    account_of,
    office_phone,
    place_here,
    today_of,
)
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number
from portal.kernel.instance import instance_of
from portal.kernel.uploads import KeptPhotos, forget_files, take_uploads

FILE: Final = Permission.OWNERS_FILE


def add_estate(
    session: Session, actor: Actor, code: str, title: str, homes: int | None, *, now: datetime
) -> None:
    """Enter an estate of a community."""
    area = place_here(session, actor, code)
    session.add(
        Estate(
            area_id=area.id, place_path=area.path, title=title, homes=homes, made_at=now,
            made_by=actor.person_id,
        )
    )  # fmt: skip


def estate_here(
    session: Session, actor: Actor, number: str, verb: Permission = MANAGE, *, lock: bool = False
) -> EstateRow:
    """An estate of one's places; any other is Missing."""
    row = estate_by_number(session, clean_number(number) or "", lock=lock)
    if row is None or not actor.may(verb, place_path=row.place_path):
        raise Missing
    return row


@dataclass(frozen=True)
class PartyWish:
    """Who a party is, what it does for the estate, and the telephone of its office."""

    party: Party
    title: str
    does: str
    office_phone: str


def save_party(
    session: Session, actor: Actor, number: str, wish: PartyWish, *, now: datetime
) -> None:
    """Write down what one of the five parties does."""
    row = estate_here(session, actor, number, lock=True)
    values: dict[str, Any] = {
        "title": wish.title, "does": wish.does, "updated_at": now, "updated_by": actor.person_id,
        "office_phone": office_phone(wish.office_phone) if wish.office_phone else None,
    }  # fmt: skip
    if wish.party in parties_of(session, row.id):
        mine = EstateParty.estate_id == row.id, EstateParty.party == wish.party
        session.execute(update(EstateParty).where(*mine).values(values))
    else:
        session.add(EstateParty(estate_id=row.id, party=wish.party, **values))


@dataclass(frozen=True)
class FilingWish:
    """A filing: with whom, its number and day, and a photo of the document."""

    filed_with: str
    filing_number: str
    filed_on: date | None
    photos: KeptPhotos | None = None


@dataclass(frozen=True)
class CommitteeWish:
    """An owners' committee that was elected."""

    elected_on: date
    term_starts_on: date
    term_ends_on: date
    filing: FilingWish


def enter_committee(
    session: Session, actor: Actor, number: str, wish: CommitteeWish, *, now: datetime
) -> None:
    """Enter the committee of an estate, filed or not yet; an estate has one at a time."""
    row = estate_here(session, actor, number, FILE, lock=True)
    if committee_of(session, row.id) is not None:
        raise Conflict(CommunityRefusal.ONE_COMMITTEE)
    sound = wish.elected_on <= wish.term_starts_on < wish.term_ends_on
    if not sound or wish.elected_on > today_of(session, now):
        raise Refused(CommunityRefusal.DAYS, field="term_ends_on")
    filed = _filing(session, wish.filing, wish.elected_on, now)
    session.add(
        OwnersCommittee(
            estate_id=row.id, elected_on=wish.elected_on, term_starts_on=wish.term_starts_on,
            term_ends_on=wish.term_ends_on, made_at=now, made_by=actor.person_id, **filed,
        )
    )  # fmt: skip


def _filing(session: Session, wish: FilingWish, elected_on: date, now: datetime) -> dict[str, Any]:
    """The columns of a filing; number and day belong together."""
    if bool(wish.filing_number) != (wish.filed_on is not None):
        raise Refused(CommunityRefusal.FILING, field="filing_number")
    if wish.filed_on and not elected_on <= wish.filed_on <= today_of(session, now):
        raise Refused(CommunityRefusal.FILING, field="filed_on")
    found: dict[str, Any] = {
        "filed_with": wish.filed_with or None, "filing_number": wish.filing_number or None,
        "filed_on": wish.filed_on,
    }  # fmt: skip
    taken = take_uploads(session, wish.photos, now, field="photos") if wish.photos else []
    if taken:
        found["document_key"] = taken[0].blob_key
        # a small picture is its own thumbnail
        forget_files(session, [x.thumbnail_key for x in taken if x.thumbnail_key != x.blob_key])
    return found


def committee_here(
    session: Session, actor: Actor, number: str, *, lock: bool = False
) -> CommitteeRow:
    """A committee of the places for which somebody files; any other is Missing."""
    row = committee_by_number(session, clean_number(number) or "", lock=lock)
    if row is None or not actor.may(FILE, place_path=row.place_path):
        raise Missing
    return row


def file_committee(
    session: Session, actor: Actor, number: str, wish: FilingWish, *, now: datetime
) -> None:
    """File a committee for record; it is done once."""
    row = committee_here(session, actor, number, lock=True)
    if row.filed_on is not None:
        raise Conflict(CommunityRefusal.FILED)
    if wish.filed_on is None:
        raise Refused(CommunityRefusal.FILING, field="filed_on")
    filed = _filing(session, wish, row.elected_on, now)
    session.execute(update(OwnersCommittee).where(OwnersCommittee.id == row.id).values(filed))


def end_committee(
    session: Session, actor: Actor, number: str, ends_on: date, *, now: datetime
) -> None:
    """Its work is over: the next one can be entered."""
    row = committee_here(session, actor, number, lock=True)
    if row.ended_on is not None:
        raise Conflict(CommunityRefusal.ENDED)
    if not row.term_starts_on <= ends_on <= today_of(session, now):
        raise Refused(CommunityRefusal.DAYS, field="ends_on")
    over = update(OwnersCommittee).where(OwnersCommittee.id == row.id)
    session.execute(over.values(ended_on=ends_on))
    seats = update(OwnersMember).where(
        OwnersMember.committee_id == row.id, OwnersMember.ends_on.is_(None),
        OwnersMember.starts_on <= ends_on,
    )  # fmt: skip
    session.execute(seats.values(ends_on=ends_on))


@dataclass(frozen=True)
class MemberWish:
    """A member. ``agreed``: she agreed in writing that her name is shown."""

    office: str
    name: str
    phone: str
    starts_on: date
    agreed: bool = False


def add_member(
    session: Session, actor: Actor, number: str, wish: MemberWish, *, now: datetime
) -> None:
    """Enter a member of a committee that works."""
    row = committee_here(session, actor, number, lock=True)
    if row.ended_on is not None:
        raise Conflict(CommunityRefusal.ENDED)
    if not row.term_starts_on <= wish.starts_on <= row.term_ends_on:
        raise Refused(CommunityRefusal.DAYS, field="starts_on")
    session.add(
        OwnersMember(
            committee_id=row.id, office=wish.office, starts_on=wish.starts_on,
            person_id=account_of(session, wish.phone), named_at=now if wish.agreed else None,
            sealed_name=instance_of(session).vault.seal(wish.name),
        )
    )  # fmt: skip


def member_here(session: Session, actor: Actor, number: str, member_id: UUID) -> MemberRow:
    """A member of such a committee; any other is Missing."""
    row = committee_here(session, actor, number)
    found = member_by_id(session, member_id)
    if found is None or found.committee_id != row.id:
        raise Missing
    return found


def end_member(session: Session, actor: Actor, number: str, member_id: UUID, ends_on: date) -> None:
    """She leaves the committee on a day."""
    row = member_here(session, actor, number, member_id)
    if row.ends_on is not None:
        raise Conflict(CommunityRefusal.ENDED)
    if ends_on < row.starts_on:
        raise Refused(CommunityRefusal.DAYS, field="ends_on")
    session.execute(update(OwnersMember).where(OwnersMember.id == row.id).values(ends_on=ends_on))


def hide_member_name(
    session: Session, actor: Actor, number: str, member_id: UUID, *, now: datetime
) -> None:
    """She took her consent back at the desk: her name is shown no more."""
    row = member_here(session, actor, number, member_id)
    named = update(OwnersMember).where(
        OwnersMember.id == row.id, OwnersMember.named_at.is_not(None)
    )
    if not changed_rows(session, named.values(named_at=None)):
        raise Conflict(CommunityRefusal.ENDED)
    note_action(
        session, at=now, actor_id=actor.person_id, action=HIDE_NAME,
        subject=f"owners_member:{row.id}", person_id=row.person_id,
    )  # fmt: skip


def name_my_seat(
    session: Session, actor: Actor, member_id: UUID, *, shown: bool, now: datetime
) -> None:
    """Let one's own name be shown in the register, or no longer."""
    row = member_by_id(session, member_id, lock=True)
    if row is None or actor.person_id is None or row.person_id != actor.person_id:
        raise Missing
    named = (row.named_at or now) if shown else None
    session.execute(update(OwnersMember).where(OwnersMember.id == row.id).values(named_at=named))
