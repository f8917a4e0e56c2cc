"""Accounts are opened for people who said yes, and for shops; a yes is ended as easily (L5)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from credit.models import Account, AccountHolder, Consent
from credit.queries.accounts import account_of, consents
from credit.queries.guardian import guardian_agreed
from credit.rules.kinds import ConsentRefusal, Kind, LedgerRefusal, Party
from credit.rules.leaf import Unit
from credit.service.halting import is_halted
from credit.service.known import HALTED
from credit.service.posting import Details
from credit.service.statements import seal_content
from portal.accounts.queries import age_band_of
from portal.accounts.rules import AgeBand
from portal.kernel.db import changed_rows
from portal.kernel.errors import Missing, Refused
from portal.kernel.ids import new_id


def open_account(
    session: Session, district: str, party: Party, holder_id: UUID, unit: Unit, *, now: datetime
) -> UUID:
    """The holder's account in a unit, opened if there is none. Two at once open one."""
    found = account_of(session, district, party, holder_id, unit)
    if found is not None:
        return found
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = Account(
        district=district, id=new_id(), unit=unit, party=party, balance=0, held=0, opened_at=now
    )
    session.add(row)
    # the holder's row refers to it
    session.flush()
    mine = (
        dialect.insert(AccountHolder)
        .values(
            district=district, account_id=row.id, party=party, unit=unit, holder_id=holder_id,
            opened_at=now,
        )
        .on_conflict_do_nothing()
        .returning(AccountHolder.account_id)
    )  # fmt: skip
    if session.scalar(mine) is not None:
        return row.id
    session.execute(delete(Account).where(Account.district == district, Account.id == row.id))
    session.expunge(row)
    winner = account_of(session, district, party, holder_id, unit)
    if winner is None:
        raise Missing
    return winner


def give_consent(session: Session, district: str, person_id: UUID, *, now: datetime) -> None:
    """A person says yes to points. Under 14 it counts only with a guardian's own yes (L1)."""
    age = age_band_of(session, person_id)
    if age is None:
        raise Missing
    if age is AgeBand.UNDER_14 and not guardian_agreed(session, person_id):
        raise Refused(ConsentRefusal.GUARDIAN)
    _must_go_on(session)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    yes = dialect.insert(Consent).values(
        district=district, person_id=person_id, given_at=now, ended_at=None
    )
    given = yes.on_conflict_do_update(
        index_elements=[Consent.district, Consent.person_id],
        set_={"given_at": now, "ended_at": None},
        where=Consent.ended_at.is_not(None),
    ).returning(Consent.person_id)
    if session.scalar(given) is not None:
        _seal(session, district, person_id, "given", now)


def end_consent(session: Session, district: str, person_id: UUID, *, now: datetime) -> None:
    """She ends it: nothing more is written down. What she earned stays hers to spend.

    Given or ended, it is sealed, so both are refused while the ledger stands still.
    """
    _must_go_on(session)
    if _end(session, district, person_id, now):
        _seal(session, district, person_id, "ended", now)


def end_consent_again(session: Session, district: str, person_id: UUID, *, now: datetime) -> None:
    """End what a restored backup revived. Nothing waits for a ledger that stands still: then there
    is no second statement, and the first is in the log."""
    if _end(session, district, person_id, now) and not is_halted(session):
        _seal(session, district, person_id, "ended", now)


def _end(session: Session, district: str, person_id: UUID, now: datetime) -> bool:
    ended = (
        update(Consent)
        .where(
            Consent.district == district,
            Consent.person_id == person_id,
            Consent.ended_at.is_(None),
        )
        .values(ended_at=now)
    )
    return changed_rows(session, ended) == 1


def _must_go_on(session: Session) -> None:
    if is_halted(session):
        raise Refused(LedgerRefusal.HALTED)


def _seal(session: Session, district: str, person_id: UUID, what: str, now: datetime) -> None:
    """The statement speaks of the opaque account: who it is lies beside it, erasable."""
    account = open_account(session, district, Party.PERSON, person_id, Unit.POINTS, now=now)
    content = {"account": str(account), "at": now.isoformat(), "consent": what}
    outcome = seal_content(
        session, district, Kind.CONSENT, content, Details(f"consent:{what}"), entry_id=new_id(),
        account_id=account, now=now, personal=True,
    )  # fmt: skip
    if outcome == HALTED:
        raise Refused(LedgerRefusal.HALTED)


__all__ = ["consents", "end_consent", "end_consent_again", "give_consent", "open_account"]
