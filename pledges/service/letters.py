"""Letters after they were signed: one's own, withdrawing, being asked to renew.

Locks are taken in the order of decision 0040; a pledge alone is locked here.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, aliased

from pledges.models import ClauseVersion, Pledge, PledgeExtra, Premises, PremisesOperator
from pledges.queries.letters import acts_for, by_her_hand, holds, own_pledge_row, paper_of
from pledges.queries.signing import PledgeRow, pledge_by_number
from pledges.rules.clauses import Letter
from pledges.rules.signing import ON_PAPER, PledgeState, PledgeStep, SigningRefusal, Who
from pledges.service.premises import MANAGE
from pledges.service.signing import add_event, subject_of
from portal.accounts.queries import people_by_ids, phones_of
from portal.accounts.rules import Actor
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message
from portal.kernel.phones import clean_mobile
from portal.kernel.uploads import forget_files

BATCH = 200


def own_pledge(session: Session, actor: Actor, number: str) -> PledgeRow:
    """A letter that somebody signed, or of a place for which she speaks. Raises Missing."""
    row = own_pledge_row(session, actor.person_id, clean_number(number) or "")
    if row is None:
        raise Missing
    return row


def sees_signature(session: Session, actor: Actor, row: PledgeRow) -> bool:
    """The name and the line that was sealed are for whoever signed: not for who speaks later."""
    if actor.person_id is None:
        return False
    return holds(session, row, by_her_hand(actor.person_id))


def sees_paper(session: Session, actor: Actor, row: PledgeRow) -> bool:
    """The photo of a signed sheet is for whoever signed, and for the desk of the place."""
    desk = actor.may(MANAGE, place_path=row.place_path)
    return desk or sees_signature(session, actor, row)


def may_withdraw(session: Session, actor: Actor, row: PledgeRow, *, lock: bool = False) -> bool:
    """Whoever speaks for the shop decides about its letter; whoever signed it and speaks no more
    does so only while nobody else does."""
    if actor.person_id is None:
        return False
    return holds(session, row, acts_for(actor.person_id), lock=lock)


def paper_here(session: Session, actor: Actor, number: str) -> tuple[PledgeRow, bool]:
    """A letter of somebody's places that was signed on paper, and whether its photo is kept."""
    row = pledge_by_number(session, clean_number(number) or "")
    if row is None or row.way not in ON_PAPER or not actor.may(MANAGE, place_path=row.place_path):
        raise Missing
    return row, paper_of(session, row) is not None


def erase_paper(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Erase the photo of a signed sheet, as its signer wishes: she may have no account here."""
    row, _kept = paper_here(session, actor, number)
    held = session.scalars(
        select(Pledge)
        .where(Pledge.district == row.district, Pledge.id == row.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    files = [key for key in (held.paper_key, held.paper_thumbnail_key) if key]
    held.paper_key = held.paper_thumbnail_key = None
    session.flush()
    forget_files(session, files)
    note_action(
        session, at=now, actor_id=actor.person_id, action="pledge:erase_paper",
        subject=subject_of(row.number),
    )  # fmt: skip


def withdraw(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Withdraw a letter, at any time and without a reason. The duty of the place does not rest on
    it, and neither does what was found before."""
    row = own_pledge(session, actor, number)
    if not may_withdraw(session, actor, row, lock=True):
        raise Refused(SigningRefusal.SPEAKS_NO_MORE)
    held = session.scalars(
        select(Pledge)
        .where(Pledge.district == row.district, Pledge.id == row.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if held.state is not PledgeState.IN_FORCE:
        raise Conflict(SigningRefusal.OVER)
    held.state, held.ended_at = PledgeState.WITHDRAWN, now
    add_event(session, held, PledgeStep.WITHDRAW, now)


def _newer_than(version_id: Any, today: date) -> ColumnElement[bool]:
    """Whether a text of the same set counts that is newer than a version."""
    old, new = aliased(ClauseVersion), aliased(ClauseVersion)
    return exists().where(
        old.id == version_id,
        new.set_id == old.set_id,
        new.version > old.version,
        new.published_at.is_not(None),
        new.effective_from <= today,
    )


def ask_renewals(session: Session, now: datetime) -> int:
    """Ask those whose text was published anew to sign it, each once; how many."""
    today = city_day(now, instance_of(session).city.zone)
    extra = exists().where(
        PledgeExtra.district == Pledge.district,
        PledgeExtra.pledge_id == Pledge.id,
        _newer_than(PledgeExtra.version_id, today),
    )
    rows = session.scalars(
        select(Pledge)
        .where(
            Pledge.state == PledgeState.IN_FORCE, Pledge.renewal_asked_at.is_(None),
            # an offer of parking is signed with what it offers, not anew by itself
            Pledge.letter != Letter.PARKING,
            or_(_newer_than(Pledge.version_id, today), extra),
        )
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()  # fmt: skip
    for row in rows:
        row.renewal_asked_at = now
        add_event(session, row, PledgeStep.ASK_RENEWAL, now, who=Who.CLOCK)
        _ask(session, row, now)
    return len(rows)


def _ask(session: Session, row: Pledge, now: datetime) -> None:
    """A message to the account that speaks for the place, or to the phone of the register."""
    operator = session.get_one(PremisesOperator, (row.district, row.operator_id))
    title = session.get_one(Premises, (row.district, row.premises_id)).title
    found = _reached(session, operator)
    if found is None:
        return
    phone, language = found
    link = f"{instance_of(session).config.origin}/me/pledges/{row.number}"
    post_message(
        session, channel=Channel.SMS, to=phone, template="pledge.renew",
        facts={"title": title, "link": link}, now=now, language=language or row.language,
        subject=subject_of(row.number),
    )  # fmt: skip


def _reached(session: Session, operator: PremisesOperator) -> tuple[str, str] | None:
    person_id: UUID | None = operator.person_id
    if person_id is not None:
        phone = phones_of(session, {person_id}).get(person_id)
        person = people_by_ids(session, {person_id}).get(person_id)
        if phone is not None and person is not None:
            return phone, person.language
    sealed = operator.sealed_phone
    phone = clean_mobile(instance_of(session).vault.unseal(sealed)) if sealed else None
    return (phone, "") if phone else None
