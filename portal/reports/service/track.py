"""Finding one's own report again: by number and look-up code, or by a link sent to one's phone.

Whether a number exists, a code is wrong or is locked: the answer is the same, and so is the work.
"""

import hmac
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from portal.accounts.queries import person_by_phone
from portal.kernel.errors import Counted, Refused
from portal.kernel.ids import clean_number
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message
from portal.kernel.phones import clean_mobile
from portal.kernel.ratelimit import allow
from portal.reports.models import Case, CaseReporter
from portal.reports.queries.case import (
    CaseReporterRow,
    CaseRow,
    case_by_number,
    reporters_of,
)
from portal.reports.queries.exchange import cases_by_external
from portal.reports.queries.neighbours import reporters_under
from portal.reports.rules.codes import LinkPurpose
from portal.reports.rules.receipts import lookup_hash
from portal.reports.rules.track import (
    CODE_TRIES,
    CODES_AN_HOUR,
    DAY,
    HOUR,
    LINKS_A_DAY,
    LINKS_AN_HOUR,
    LOCKED_FOR,
    TrackRefusal,
)
from portal.reports.service.links import mint_link


def open_by_code(session: Session, number: str, code: str, *, address: str, now: datetime) -> UUID:
    """The reporter whose code this is. Raises Counted: a wrong try is remembered."""
    if not allow(session, bucket="track", key=address, limit=CODES_AN_HOUR, seconds=HOUR, now=now):
        raise Refused(TrackRefusal.TOO_OFTEN)
    known = clean_number(number) or ""
    given = lookup_hash(instance_of(session).vault, known, code)
    tried = _spend_tries(session, known, now)
    matching: list[UUID] = [row.id for row in tried if hmac.compare_digest(row.lookup_hash, given)]
    if not matching:
        raise Counted(TrackRefusal.NO_MATCH)
    _give_back(session, tried, matching[0])
    return matching[0]


def _spend_tries(session: Session, number: str, now: datetime) -> list[Any]:
    """Count the try before looking at the code, for everybody behind the case who is not locked.

    One conditional UPDATE: racing guesses queue up for the rows and cannot get past the limit.
    """
    over = _lock_is_over(now)
    last = and_(~over, CaseReporter.failed_tries == CODE_TRIES - 1)
    statement = (
        update(CaseReporter)
        .where(_behind(number), or_(CaseReporter.failed_tries < CODE_TRIES, over))
        .values(
            failed_tries=case((over, 1), else_=CaseReporter.failed_tries + 1),
            locked_until=case((last, now + LOCKED_FOR), else_=None),
        )
        .returning(CaseReporter.id, CaseReporter.lookup_hash)
        .execution_options(synchronize_session=False)
    )
    return list(session.execute(statement).all())


def _lock_is_over(now: datetime) -> ColumnElement[bool]:
    return and_(CaseReporter.locked_until.is_not(None), CaseReporter.locked_until <= now)


def _behind(number: str) -> ColumnElement[bool]:
    cases = select(Case.district, Case.id).where(Case.number == number)
    # the number on her receipt stays good when the case is joined with another one
    came_with = func.coalesce(CaseReporter.merged_from, CaseReporter.case_id)
    here = tuple_(CaseReporter.district, CaseReporter.case_id).in_(cases)
    gone_on = tuple_(CaseReporter.district, CaseReporter.merged_from).in_(cases)
    return and_(or_(here, gone_on), tuple_(CaseReporter.district, came_with).in_(cases))


def _give_back(session: Session, tried: list[Any], found: UUID) -> None:
    """A right code wipes its own tries; those of others behind the case did not try at all."""
    others = [row.id for row in tried if row.id != found]
    statement = update(CaseReporter).execution_options(synchronize_session=False)
    session.execute(
        statement.where(CaseReporter.id == found).values(failed_tries=0, locked_until=None)
    )
    if others:
        session.execute(
            statement.where(CaseReporter.id.in_(others)).values(
                failed_tries=CaseReporter.failed_tries - 1, locked_until=None
            )
        )


def send_own_link(
    session: Session, number: str, phone: str, *, address: str, now: datetime
) -> None:
    """Send a link to the phone, if it belongs to the report; the caller learns nothing of it."""
    known = clean_mobile(phone)
    if known is None:
        raise Refused(TrackRefusal.NOT_A_PHONE, field="phone")
    if not allow(
        session, bucket="track-link", key=address, limit=LINKS_AN_HOUR, seconds=HOUR, now=now
    ):
        raise Refused(TrackRefusal.TOO_OFTEN)
    # counted for every phone and number, known or not, and never told
    per_phone = allow(
        session, bucket="track-phone", key=known, limit=LINKS_A_DAY, seconds=DAY, now=now
    )
    found = _reporter_with_phone(session, number, known)
    if found is not None and per_phone:
        _send(session, *found, known, now)


def _reporter_with_phone(
    session: Session, number: str, phone: str
) -> tuple[str, CaseReporterRow] | None:
    """Whoever left this phone with the report, or has it in her account."""
    known = instance_of(session).vault.keyed_hash("phone", phone)
    person = person_by_phone(session, phone)
    for matter in _matters(session, number):
        for row in _both(session, matter):
            mine = row.phone_hash == known or (person is not None and row.person_id == person.id)
            if mine and row.erased_at is None:
                return matter.number, row
    return None


def _matters(session: Session, number: str) -> list[CaseRow]:
    """What a number can mean: ours, or that of a hotline (R060). Both are always looked for."""
    ours = case_by_number(session, clean_number(number) or "")
    theirs = cases_by_external(session, number)
    return ([ours] if ours else []) + theirs


def _both(session: Session, matter: CaseRow) -> list[CaseReporterRow]:
    """Whoever stands behind a case, and whoever came with it and stands behind another now."""
    return [*reporters_of(session, matter), *reporters_under(session, matter)]


def _send(
    session: Session, number: str, reporter: CaseReporterRow, phone: str, now: datetime
) -> None:
    # whoever holds the phone has proved more than the code would
    session.execute(
        update(CaseReporter)
        .where(CaseReporter.district == reporter.district, CaseReporter.id == reporter.id)
        .values(failed_tries=0, locked_until=None)
    )
    post_message(
        session,
        channel=Channel.SMS,
        to=phone,
        template="report.link",
        facts={
            "number": number,
            "link": mint_link(session, reporter, LinkPurpose.FOLLOW, now=now),
        },
        now=now,
        language=reporter.language,
        subject=f"case:{number}",
    )
