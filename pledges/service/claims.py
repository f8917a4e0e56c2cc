"""“This is not my phone”, “this is my shop”: said by whoever stands at the door, decided by the
desk with every claim of the door before it. The register changes only by that.

Locks are taken in the order of decision 0040: premises, then operator.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from pledges.models import Premises, PremisesClaim, PremisesEvent, PremisesOperator
from pledges.queries.claims import ClaimRow, claim_by_number, claims_waiting_at
from pledges.queries.inspections import door_by_number
from pledges.queries.signing import SigningDoor
from pledges.rules.claims import (
    LONGEST_NAME,
    LONGEST_WORDS,
    SETS_PHONE,
    SETS_SPEAKER,
    ClaimDecision,
    ClaimRefusal,
    why_not_accept,
)
from pledges.rules.inspections import leads_to_person
from pledges.rules.premises import (
    LONGEST_REASON,
    ClaimKind,
    ClaimState,
    PremisesState,
    PremisesStep,
)
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.register import is_stray
from pledges.service.premises import MANAGE
from pledges.service.speaking import let_account_speak
from portal.accounts.queries import people_by_ids, phones_of
from portal.accounts.rules import Actor
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_number
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message
from portal.kernel.ratelimit import Limit, take

# a few doors a day are said to be one's own; more is a brigade
PER_PERSON = Limit("pledge_claims_day", 10, 24 * 3600)


@dataclass(frozen=True)
class ClaimWish:
    """What somebody says. The phone is that of her account: it was proved."""

    kind: ClaimKind
    name: str
    words: str = ""


def make_claim(
    session: Session, actor: Actor, door: SigningDoor, wish: ClaimWish, *, now: datetime
) -> str:
    """Say something about a place; the number of the claim. One waits at a time."""
    if actor.person_id is None:
        raise Missing
    name, words = _checked(wish)
    if wish.kind in SETS_SPEAKER and actor.person_id == door.speaker_id:
        raise Refused(ClaimRefusal.SPEAKS_ALREADY)
    vault = instance_of(session).vault
    phone = phones_of(session, {actor.person_id}).get(actor.person_id)
    if phone is None:
        raise Refused(ClaimRefusal.NO_PHONE)
    known = vault.keyed_hash("phone", phone)
    if wish.kind is ClaimKind.OTHER_PHONE and known == door.phone_hash:
        raise Refused(ClaimRefusal.SAME_PHONE, field="kind")
    if take(session, [(PER_PERSON, str(actor.person_id))], now=now) is not None:
        raise Refused(ClaimRefusal.WAITS)
    # held, so that none is left waiting at a place that goes meanwhile
    held = door_by_number(session, door.number, lock=True)
    if held is None or held.state is PremisesState.GONE:
        raise Conflict(PledgeRefusal.GONE)
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = (
        dialect.insert(PremisesClaim)
        .values(
            district=door.district, id=new_id(), number=new_number(), premises_id=door.id,
            operator_id=door.operator_id, place_path=door.place_path, kind=wish.kind,
            state=ClaimState.WAITING, person_id=actor.person_id, sealed_name=vault.seal(name),
            sealed_phone=vault.seal(phone), phone_hash=known,
            sealed_words=vault.seal(words) if words else None, made_at=now,
        )
        .on_conflict_do_nothing()
        .returning(PremisesClaim.number)
    )  # fmt: skip
    number = session.scalar(statement)
    if number is None:
        raise Conflict(ClaimRefusal.WAITS)
    return str(number)


def _checked(wish: ClaimWish) -> tuple[str, str]:
    name, words = " ".join(wish.name.split()), wish.words.strip()
    if not name:
        raise Refused(ClaimRefusal.NO_NAME, field="name")
    for field, said, most in (("name", name, LONGEST_NAME), ("words", words, LONGEST_WORDS)):
        if len(said) > most:
            raise Refused(PledgeRefusal.LONG, field=field, facts={"most": most})
        if is_stray(said.replace("\n", " ")):
            raise Refused(PledgeRefusal.STRAY_SIGNS, field=field)
    return name, words


def own_claim(session: Session, actor: Actor, number: str) -> ClaimRow:
    """A claim of one's own. Raises Missing."""
    row = claim_by_number(session, clean_number(number) or "")
    if row is None or actor.person_id is None or row.person_id != actor.person_id:
        raise Missing
    return row


def withdraw_claim(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Take a claim back that nobody has decided yet."""
    row = own_claim(session, actor, number)
    _end(session, row, ClaimState.WITHDRAWN, now, {})


def claim_here(session: Session, actor: Actor, number: str) -> ClaimRow:
    """A claim of somebody's places. Raises Missing."""
    row = claim_by_number(session, clean_number(number) or "")
    if row is None or not actor.may(MANAGE, place_path=row.place_path):
        raise Missing
    return row


def decide_claim(
    session: Session,
    actor: Actor,
    number: str,
    decision: ClaimDecision,
    reason: str,
    *,
    now: datetime,
) -> None:
    """Confirm a claim, and the register follows it; or refuse it with a reason that its author
    reads. The others of the door wait on: each gets an answer of its own."""
    row, reason = claim_here(session, actor, number), reason.strip()
    if row.person_id is not None and row.person_id == actor.person_id:
        raise Refused(ClaimRefusal.OWN)
    _check_reason(decision, reason)
    operator = _held(session, row)
    state = ClaimState.REFUSED
    if decision is ClaimDecision.ACCEPT:
        why = why_not_accept(
            row.kind, runs=operator is not None,
            same_operator=operator is not None and operator.id == row.operator_id,
        )  # fmt: skip
        if why is not None:
            raise Conflict(why)
        state = ClaimState.CONFIRMED
    _end(session, row, state, now, {"decided_by": actor.person_id, "reason": reason or None})
    if state is ClaimState.CONFIRMED and operator is not None:
        _follow(session, actor, row, operator, now)
    note_action(
        session, at=now, actor_id=actor.person_id, action=f"claim:{decision.value}",
        subject=f"premises:{row.premises}", reason=reason or None,
    )  # fmt: skip
    tell_claimant(session, row, state, now)


def settle_claims(
    session: Session, actor: Actor, district: str, premises_id: UUID, why: str, now: datetime
) -> None:
    """The place is gone: nobody can be said to run it any more. Whoever waits is told, and reads
    the reason of the closing."""
    for row in claims_waiting_at(session, district, premises_id):
        values = {"decided_by": actor.person_id, "reason": why}
        _end(session, row, ClaimState.REFUSED, now, values)
        tell_claimant(session, row, ClaimState.REFUSED, now)


def _check_reason(decision: ClaimDecision, reason: str) -> None:
    if decision is ClaimDecision.REFUSE and not reason:
        raise Refused(PledgeRefusal.NO_REASON, field="reason")
    if len(reason) > LONGEST_REASON:
        raise Refused(PledgeRefusal.LONG, field="reason", facts={"most": LONGEST_REASON})
    if leads_to_person(reason):
        raise Refused(PledgeRefusal.LEADS_TO_PERSON, field="reason")


def _held(session: Session, row: ClaimRow) -> PremisesOperator | None:
    """Whoever runs the place now, held together with the door."""
    session.execute(
        select(Premises.id)
        .where(Premises.district == row.district, Premises.id == row.premises_id)
        .with_for_update()
    )
    return session.scalars(
        select(PremisesOperator)
        .where(
            PremisesOperator.district == row.district,
            PremisesOperator.premises_id == row.premises_id,
            PremisesOperator.ends_on.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()  # fmt: skip


def _end(
    session: Session, row: ClaimRow, state: ClaimState, now: datetime, values: dict[str, Any]
) -> None:
    waiting = update(PremisesClaim).where(
        PremisesClaim.district == row.district, PremisesClaim.id == row.id,
        PremisesClaim.state == ClaimState.WAITING,
    )  # fmt: skip
    if changed_rows(session, waiting.values(state=state, ended_at=now, **values)) != 1:
        raise Conflict(ClaimRefusal.DECIDED)


def _follow(
    session: Session, actor: Actor, row: ClaimRow, operator: PremisesOperator, now: datetime
) -> None:
    """Let the register follow a confirmed claim. What was pledged stays as it was signed."""
    vault, steps = instance_of(session).vault, list[PremisesStep]()
    if row.person_id is not None and (row.kind in SETS_SPEAKER or operator.person_id is None):
        let_account_speak(session, operator, row.person_id, now=now, actor_id=actor.person_id)
    if row.kind in SETS_PHONE or operator.sealed_phone is None:
        operator.sealed_phone = vault.seal(row.phone)
        operator.phone_hash = vault.keyed_hash("phone", row.phone)
        steps.append(PremisesStep.PHONE_CHANGES)
    for step in (PremisesStep.CLAIM_DECIDED, *steps):
        session.add(
            PremisesEvent(
                district=row.district, premises_id=row.premises_id, step=step,
                actor_id=actor.person_id, at=now,
            )
        )  # fmt: skip


def tell_claimant(session: Session, row: ClaimRow, state: ClaimState, now: datetime) -> None:
    """A message to whoever made it; the reason stands on her page alone."""
    person_id: UUID | None = row.person_id
    if person_id is None:
        return
    phones, people = phones_of(session, {person_id}), people_by_ids(session, {person_id})
    if person_id not in phones or person_id not in people:
        return
    origin = instance_of(session).config.origin
    post_message(
        session, channel=Channel.SMS, to=phones[person_id], template=f"claim.{state.value}",
        facts={"title": row.title, "link": f"{origin}/me/pledges/"}, now=now,
        language=people[person_id].language, subject=f"premises:{row.premises}",
    )  # fmt: skip
