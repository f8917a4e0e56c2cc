"""A guardian says yes to a child's voluntary service: asked by a link to her own phone.

Under 14 nothing is done without her (L1). The rules are those of the ledger's guardians; the yes is
another one, because consents are not bundled (L5).
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from credit.rules.guardian import ANSWER_WITHIN, GuardianRefusal, why_not_guardian
from portal.accounts.rules import AgeBand
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import hash_token, new_id, new_number, new_token
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message, wipe_messages
from portal.kernel.phones import clean_mobile
from portal.kernel.ratelimit import Limit, take
from volunteers.models import GuardianYes
from volunteers.queries.candidates import lock_posts
from volunteers.queries.sign_ups import my_coming
from volunteers.queries.volunteers import (
    GuardianRow,
    age_of,
    guardian_by_token,
    guardian_of,
    guardian_rows_with,
    phone_of,
)
from volunteers.rules.signing_up import ACTIVE, ASKED, Event
from volunteers.service.messages import Told
from volunteers.service.steps import Act, leave

PER_CHILD: Final = Limit("volunteer_guardian_child", 3, 86_400)
PER_PHONE: Final = Limit("volunteer_guardian_phone", 5, 86_400)


def ask(session: Session, child_id: UUID, typed: str, *, language: str, now: datetime) -> None:
    """A child names her guardian's phone; the link goes there and nowhere else. The answer is the
    same whether an account has that number or not."""
    if age_of(session, child_id) is not AgeBand.UNDER_14:
        raise Refused(GuardianRefusal.NOT_NEEDED)
    phone = clean_mobile(typed)
    if phone is None:
        raise Refused(GuardianRefusal.BAD_PHONE, field="phone")
    phone_hash = instance_of(session).vault.keyed_hash("phone", phone)
    if phone_hash == phone_of(session, child_id)[0]:
        raise Refused(GuardianRefusal.OWN_PHONE, field="phone")
    if take(session, [(PER_CHILD, child_id.hex), (PER_PHONE, phone)], now=now) is not None:
        raise Refused(GuardianRefusal.TOO_OFTEN)
    _end_unanswered(session, child_id, now)
    number, token = new_number(), new_token()
    _insert(session, child_id, number, token, phone_hash, now)
    origin = instance_of(session).config.origin
    post_message(
        session, channel=Channel.SMS, to=phone, template=Told.GUARDIAN_ASKED.value,
        facts={"link": f"{origin}/volunteers/guardian/{token}"}, now=now, language=language,
        subject=_subject(number),
    )  # fmt: skip


def _subject(number: str) -> str:
    return f"volunteer_guardian:{number}"


def _insert(
    session: Session, child_id: UUID, number: str, token: str, phone_hash: str, now: datetime
) -> None:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    made = session.scalar(
        dialect.insert(GuardianYes)
        .values(
            id=new_id(), number=number, child_id=child_id, token_hash=hash_token(token),
            phone_hash=phone_hash, asked_at=now, expires_at=now + ANSWER_WITHIN,
        )
        .on_conflict_do_nothing()
        .returning(GuardianYes.id)
    )  # fmt: skip
    if made is None:
        raise Conflict(GuardianRefusal.ASKED)


def _end_unanswered(session: Session, child_id: UUID, now: datetime) -> None:
    """A new request closes the one before; a yes that stands needs no other."""
    row = guardian_of(session, child_id)
    if row is not None and row.agreed_at is None:
        _end(session, row, now)


def request_for(
    session: Session, token: str, guardian_id: UUID, *, now: datetime
) -> tuple[GuardianRow, GuardianRefusal | None]:
    """The request behind a link, and why this reader cannot answer it. Raises Missing."""
    row = guardian_by_token(session, hash_token(token))
    if row is None or not row.waits(now) or age_of(session, row.child_id) is not AgeBand.UNDER_14:
        raise Missing
    phone, proved = phone_of(session, guardian_id)
    refusal = why_not_guardian(
        child_id=row.child_id,
        guardian_id=guardian_id,
        guardian_age=age_of(session, guardian_id),
        same_phone=proved and phone == row.phone_hash,
        states=True,
    )
    return row, refusal


def agree(session: Session, token: str, guardian_id: UUID, *, states: bool, now: datetime) -> None:
    """The guardian says yes. ``states``: she is grown up, and this child's guardian."""
    row, refusal = request_for(session, token, guardian_id, now=now)
    if refusal is not None or not states:
        raise Refused(refusal or GuardianRefusal.NOT_STATED, field="states")
    one = (
        update(GuardianYes)
        .where(
            GuardianYes.id == row.id,
            GuardianYes.agreed_at.is_(None),
            GuardianYes.ended_at.is_(None),
        )
        .values(guardian_id=guardian_id, agreed_at=now, token_hash=None, phone_hash=None)
    )
    if changed_rows(session, one) != 1:
        raise Conflict(GuardianRefusal.CHANGED)
    wipe_messages(session, _subject(row.number))
    note_action(
        session, at=now, actor_id=guardian_id, action="volunteer:guardian_agree",
        subject=_subject(row.number), person_id=row.child_id,
    )  # fmt: skip


def end_yes(session: Session, number: str, person_id: UUID, *, now: datetime) -> None:
    """Guardian or child end it, as easily as it was given. With it the child's coming seats are
    free again; the job offers them to others."""
    found = [row for row in guardian_rows_with(session, person_id) if row.number == number]
    if not found:
        raise Missing
    child_id, agreed = found[0].child_id, found[0].agreed_at is not None
    coming = my_coming(session, child_id, now) if agreed else []
    lock_posts(session, [row.post_id for row in coming])
    if not _end(session, found[0], now):
        raise Missing
    act = Act(now, person_id)
    for row in coming:
        if row.state in ACTIVE and now < row.shift.span.starts_at:
            event = Event.DECLINE if row.state in ASKED else Event.WITHDRAW
            leave(session, row.id, row.post_id, row.state, event, act)
    note_action(
        session, at=now, actor_id=person_id, action="volunteer:guardian_end",
        subject=_subject(number), person_id=child_id,
    )  # fmt: skip


def _end(session: Session, row: GuardianRow, now: datetime) -> bool:
    one = (
        update(GuardianYes)
        .where(GuardianYes.id == row.id, GuardianYes.ended_at.is_(None))
        .values(ended_at=now, token_hash=None, phone_hash=None)
    )
    if changed_rows(session, one) != 1:
        return False
    wipe_messages(session, _subject(row.number))
    return True


def forget_guardians(session: Session, person_id: UUID, now: datetime) -> None:
    """Somebody is erased: what she said for others ends, what was said for her goes."""
    for row in guardian_rows_with(session, person_id):
        if row.child_id != person_id and row.ended_at is None:
            _end(session, row, now)
        wipe_messages(session, _subject(row.number))
    session.execute(delete(GuardianYes).where(GuardianYes.child_id == person_id))
    session.execute(
        update(GuardianYes)
        .where(GuardianYes.guardian_id == person_id)
        .values(guardian_id=None)
        .execution_options(synchronize_session=False)
    )
