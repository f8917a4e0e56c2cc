"""The nominee answers, by a link that opens once or on her page, and changes her mind as easily."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from credit.models import EntryDetail, Honour, HonourVoice
from credit.queries.accounts import account_of
from credit.queries.entries import award_of_source
from credit.queries.honours import HonourRow, honour_by_link, honour_by_number
from credit.queries.own import details_of
from credit.rules.honours import MOST_NAME, HonourRefusal, HonourState, Wish
from credit.rules.kinds import Party
from credit.rules.leaf import Unit
from credit.service.honours.found import kind_on, subject_of
from credit.service.points import correct
from credit.service.posting import Details
from credit.service.sources import hash_source
from portal.accounts.queries import age_band_of
from portal.accounts.rules import AgeBand
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import hash_token, new_id
from portal.kernel.instance import instance_of
from portal.kernel.outbox import wipe_messages

LIVING = (HonourState.ASKED, HonourState.GRANTED)


@dataclass(frozen=True)
class Answer:
    """What she wants, and the name under which she wants to be shown."""

    wish: Wish
    name: str = ""


def own_honour(session: Session, person_id: UUID | None, number: str) -> HonourRow:
    """Her own honour, or one that she is asked about; Missing for everybody else."""
    row = honour_by_number(session, number)
    mine = row is not None and row.party is Party.PERSON and row.holder_id == person_id
    if row is None or person_id is None or not mine or row.state not in LIVING:
        raise Missing
    return row


def asked_by_link(session: Session, token: str) -> HonourRow:
    """What a link asks about, until it was answered or decided."""
    row = honour_by_link(session, hash_token(token))
    if row is None or row.state is not HonourState.ASKED:
        raise Missing
    return row


def answer_honour(session: Session, row: HonourRow, given: Answer, *, now: datetime) -> None:
    """Do as she wishes, at once: show it, hide it, or let nothing of it remain (P6).

    Every answer closes the link. ``row`` is hers: ``own_honour`` or ``asked_by_link`` said so.
    """
    if given.wish is Wish.DECLINE:
        _decline(session, row, now)
        return
    values: dict[str, object] = {
        "wish": given.wish,
        "answered_at": now,
        "link_hash": None,
        "sealed_name": None,
    }
    if given.wish is Wish.SHOWN:
        values["sealed_name"] = instance_of(session).vault.seal(_name(session, row, given))
    _change(session, row, values)


def _name(session: Session, row: HonourRow, given: Answer) -> str:
    """The name to show. Who is not of age is not shown, whatever anybody wants (L6)."""
    name = " ".join(given.name.split())
    if not name:
        raise Refused(HonourRefusal.NO_NAME, field="name")
    if len(name) > MOST_NAME:
        raise Refused(HonourRefusal.LONG, field="name", facts={"most": MOST_NAME})
    young = {AgeBand.UNDER_14, AgeBand.UNDER_18}
    if row.holder_id is None or age_band_of(session, row.holder_id) in young:
        raise Refused(HonourRefusal.TOO_YOUNG, field="wish")
    return name


def _change(session: Session, row: HonourRow, values: dict[str, object]) -> None:
    """Change her row in the state in which she saw it: a decision in between is told."""
    seen = update(Honour).where(
        Honour.district == row.district,
        Honour.id == row.id,
        Honour.holder_id == row.holder_id,
        Honour.state == row.state,
        Honour.wish.is_not_distinct_from(row.wish),
    )
    if changed_rows(session, seen.values(values)) != 1:
        raise Conflict(HonourRefusal.MOVED_ON)
    wipe_messages(session, subject_of(row.number))


def _decline(session: Session, row: HonourRow, now: datetime) -> None:
    """Words and names go; only that she is not to be asked again stays, until the year ends."""
    nothing = ("sealed_citation", "sealed_name", "link_hash", "granted_at", "shown_until")
    values: dict[str, object] = dict.fromkeys(nothing)
    _change(
        session, row,
        {**values, "state": HonourState.DECLINED, "wish": Wish.DECLINE, "answered_at": now},
    )  # fmt: skip
    session.execute(
        delete(HonourVoice).where(
            HonourVoice.district == row.district, HonourVoice.honour_id == row.id
        )
    )
    _give_back(session, row, now)


def _give_back(session: Session, row: HonourRow, now: datetime) -> None:
    """What it earned goes with it, unless it is spent: then the ledger says no."""
    kind = kind_on(session, row.kind, row.nominated_at)
    subject = subject_of(row.number)
    key = hash_source(session, row.district, kind.fact, subject, row.party, row.holder_id)
    award = award_of_source(session, row.district, key)
    if award is not None and award.amount:
        correct(
            session, district=row.district, entry_id=new_id(), of=award.id, amount=award.amount,
            details=Details("honour:declined"), now=now,
        )  # fmt: skip
    _forget_details(session, row, subject)


def _forget_details(session: Session, row: HonourRow, subject: str) -> None:
    """What her entries say of it is erased; the entries stay, as all entries do."""
    if row.holder_id is None:
        return
    account = account_of(session, row.district, row.party, row.holder_id, Unit.POINTS)
    details = details_of(session, row.district, account) if account else {}
    mine = [entry_id for entry_id, found in details.items() if found.get("source") == subject]
    session.execute(
        delete(EntryDetail)
        .where(EntryDetail.district == row.district, EntryDetail.entry_id.in_(mine))
        .execution_options(synchronize_session=False)
    )
