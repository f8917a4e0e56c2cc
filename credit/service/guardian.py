"""A guardian says yes for a child under 14: asked by a link to her own phone (L1, PIPL 31).

A child has an account only when a guardian agreed to that at the desk. The ledger is another matter
and has a yes of its own (L5), which guardian and child can end at any time, and which ends at 14.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from credit.models import Guardianship
from credit.queries.guard import phone_hash_of
from credit.queries.guardian import (
    GuardianRow,
    agreed_by,
    last_request,
    outgrown,
    request_by_token,
    requests_with,
    unanswered,
)
from credit.queries.own import consents_of
from credit.rules.guardian import (
    ANSWER_WITHIN,
    Ended,
    GuardianRefusal,
    is_over,
    why_not_guardian,
)
from credit.service.accounts import end_consent, give_consent
from portal.accounts.queries import age_band_of
from portal.accounts.rules import AgeBand
from portal.kernel.audit import note_action
from portal.kernel.db import Database, changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import hash_token, new_id, new_number, new_token
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message, wipe_messages
from portal.kernel.phones import clean_mobile
from portal.kernel.ratelimit import Limit, take

TEMPLATE: Final = "credit.guardian_asked"
PER_CHILD: Final = Limit("guardian_child_day", 3, 86_400)
PER_PHONE: Final = Limit("guardian_phone_day", 5, 86_400)


def ask_guardian(
    session: Session, child_id: UUID, typed_phone: str, *, language: str, now: datetime
) -> None:
    """A child names her guardian's phone; the link goes there and nowhere else.

    The answer is the same whether an account has that number or not.
    """
    if age_band_of(session, child_id) is not AgeBand.UNDER_14:
        raise Refused(GuardianRefusal.NOT_NEEDED)
    phone = clean_mobile(typed_phone)
    if phone is None:
        raise Refused(GuardianRefusal.BAD_PHONE, field="phone")
    phone_hash = instance_of(session).vault.keyed_hash("phone", phone)
    if phone_hash == phone_hash_of(session, child_id):
        raise Refused(GuardianRefusal.OWN_PHONE, field="phone")
    if take(session, [(PER_CHILD, child_id.hex), (PER_PHONE, phone)], now=now) is not None:
        raise Refused(GuardianRefusal.TOO_OFTEN)
    _close_unanswered(session, child_id, now)
    number, token = new_number(), new_token()
    _open(session, child_id, number, token, phone_hash, now)
    post_message(
        session,
        channel=Channel.SMS,
        to=phone,
        template=TEMPLATE,
        facts={"link": f"{instance_of(session).config.origin}/credit/guardian/{token}"},
        now=now,
        language=language,
        subject=f"guardian:{number}",
    )


def _open(
    session: Session, child_id: UUID, number: str, token: str, phone_hash: str, now: datetime
) -> None:
    """The new request; the key lets a child have one at a time."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = (
        dialect.insert(Guardianship)
        .values(
            id=new_id(), number=number, child_id=child_id, token_hash=hash_token(token),
            phone_hash=phone_hash, asked_at=now, expires_at=now + ANSWER_WITHIN,
        )
        .on_conflict_do_nothing()
        .returning(Guardianship.id)
    )  # fmt: skip
    if session.scalar(row) is None:
        raise Conflict(GuardianRefusal.ASKED)


def _close_unanswered(session: Session, child_id: UUID, now: datetime) -> None:
    """A new request closes the one before: its link is good for nothing any more."""
    last = last_request(session, child_id)
    if last is not None and last.ended_at is None and last.agreed_at is None:
        by = Ended.EXPIRED if is_over(last.expires_at, now) else Ended.CHILD
        _end(session, last, by, now, Guardianship.agreed_at.is_(None))


def request_for(
    session: Session, token: str, guardian_id: UUID, *, now: datetime
) -> tuple[GuardianRow, GuardianRefusal | None]:
    """The request behind a link, and why this reader cannot answer it.

    A link that is unknown, answered, taken back or too old is no page. Raises Missing.
    """
    row = request_by_token(session, hash_token(token))
    if row is None or not row.waits(now) or row.child_age is not AgeBand.UNDER_14:
        raise Missing
    refusal = why_not_guardian(
        child_id=row.child_id,
        guardian_id=guardian_id,
        guardian_age=age_band_of(session, guardian_id),
        same_phone=phone_hash_of(session, guardian_id, proved=True) == row.phone_hash,
        states=True,
    )
    return row, refusal


def agree_as_guardian(
    session: Session,
    token: str,
    guardian_id: UUID,
    *,
    states: bool,
    districts: Collection[str],
    now: datetime,
) -> None:
    """The guardian says yes: from now on the child has points like others, and never conduct.

    ``states``: she says that she is grown up and this child's guardian.
    """
    row, refusal = request_for(session, token, guardian_id, now=now)
    if refusal is not None or not states:
        raise Refused(refusal or GuardianRefusal.NOT_STATED, field="states")
    agreed = (
        update(Guardianship)
        .where(
            Guardianship.id == row.id,
            Guardianship.agreed_at.is_(None),
            Guardianship.ended_at.is_(None),
        )
        .values(guardian_id=guardian_id, agreed_at=now, token_hash=None, phone_hash=None)
    )
    if changed_rows(session, agreed) != 1:
        raise Conflict(GuardianRefusal.CHANGED)
    wipe_messages(session, f"guardian:{row.number}")
    for district in districts:
        give_consent(session, district, row.child_id, now=now)
    _note(session, row, "ledger:guardian_agree", guardian_id, now)


def end_as_guardian(session: Session, number: str, guardian_id: UUID, *, now: datetime) -> None:
    """The guardian ends her yes, as easily as she gave it; nothing more is written down."""
    row = next((one for one in agreed_by(session, guardian_id) if one.number == number), None)
    if row is None:
        raise Missing
    _end_yes(session, row, Ended.GUARDIAN, guardian_id, now)


def end_as_child(session: Session, child_id: UUID, *, now: datetime) -> None:
    """The child ends it, or takes back what nobody has answered: no guardian is asked for that."""
    row = last_request(session, child_id)
    if row is None:
        raise Missing
    if row.agreed_at is not None:
        _end_yes(session, row, Ended.CHILD, child_id, now)
    elif not _end(session, row, Ended.CHILD, now, Guardianship.agreed_at.is_(None)):
        raise Conflict(GuardianRefusal.CHANGED)


def _end_yes(
    session: Session, row: GuardianRow, by: Ended, actor_id: UUID | None, now: datetime
) -> None:
    if not _end(session, row, by, now):
        raise Conflict(GuardianRefusal.CHANGED)
    for consent in consents_of(session, row.child_id):
        end_consent(session, consent.district, row.child_id, now=now)
    _note(session, row, "ledger:guardian_end", actor_id, now)


def _end(
    session: Session,
    row: GuardianRow,
    by: Ended,
    now: datetime,
    *conditions: ColumnElement[bool],
) -> bool:
    """Whether this ended it. Its link dies, and what waits to be sent is not sent."""
    ended = (
        update(Guardianship)
        .where(Guardianship.id == row.id, Guardianship.ended_at.is_(None), *conditions)
        .values(ended_at=now, ended_by=by, token_hash=None, phone_hash=None)
    )
    # the request's own row first: who answers takes the same order, so neither waits for the other
    if changed_rows(session, ended) != 1:
        return False
    wipe_messages(session, f"guardian:{row.number}")
    return True


def settle_guardians(database: Database, now: datetime) -> int:
    """Close requests whose time is over, and end what a guardian said for somebody who is 14 now;
    how many. At 14 she is asked herself. A job."""
    with database.write() as session:
        over, grown = unanswered(session, now), outgrown(session)
        for row in over:
            _end(session, row, Ended.EXPIRED, now, Guardianship.agreed_at.is_(None))
        for row in grown:
            if row.agreed_at is None:
                _end(session, row, Ended.AGE, now)
            else:
                _end_yes(session, row, Ended.AGE, None, now)
    return len({row.id for row in (*over, *grown)})


def close_requests(session: Session, *, now: datetime) -> int:
    """After a restore: close what waits, whose link was perhaps used since; how many."""
    return sum(
        _end(session, row, Ended.EXPIRED, now, Guardianship.agreed_at.is_(None))
        for row in unanswered(session, now + ANSWER_WITHIN)
    )


def end_yes_again(session: Session, request_id: UUID, by: Ended, *, now: datetime) -> bool:
    """End a yes that a restored backup revived; whether it still held. Her consent to points is
    told of by itself."""
    ended = (
        update(Guardianship)
        .where(Guardianship.id == request_id, Guardianship.ended_at.is_(None))
        .values(ended_at=now, ended_by=by, token_hash=None, phone_hash=None)
    )
    return changed_rows(session, ended) == 1


def forget_guardians(session: Session, person_id: UUID, now: datetime) -> None:
    """Somebody is erased: what she said for others ends, what was said for her goes."""
    for row in requests_with(session, person_id):
        if row.child_id != person_id and row.ended_at is None:
            _end_yes(session, row, Ended.GUARDIAN, None, now)
        wipe_messages(session, f"guardian:{row.number}")
    session.execute(delete(Guardianship).where(Guardianship.child_id == person_id))
    session.execute(
        update(Guardianship)
        .where(Guardianship.guardian_id == person_id)
        .values(guardian_id=None)
        .execution_options(synchronize_session=False)
    )


def _note(
    session: Session, row: GuardianRow, action: str, actor_id: UUID | None, now: datetime
) -> None:
    """In the record, so that child and auditor see it; the guardian stands there by her account."""
    note_action(
        session, at=now, actor_id=actor_id, action=action, subject=f"guardian:{row.number}",
        person_id=row.child_id,
    )  # fmt: skip


__all__ = [
    "agree_as_guardian",
    "ask_guardian",
    "close_requests",
    "end_as_child",
    "end_as_guardian",
    "end_yes_again",
    "forget_guardians",
    "request_for",
    "settle_guardians",
]
