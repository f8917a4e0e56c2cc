"""Reads of accounts: balances, whose they are, and whether the kept balances are right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import case, exists, func, or_, select
from sqlalchemy.orm import Session

from credit.models import Account, AccountHolder, Consent, Entry, Guardianship
from credit.queries.entries import is_issuer
from credit.rules.kinds import TRANSFERS, Party, Phase
from credit.rules.leaf import Unit
from portal.accounts.models import Person
from portal.accounts.queries import age_band_of
from portal.accounts.rules import AgeBand

_MOVING = tuple(k for k, nature in TRANSFERS.items() if nature.phase in {Phase.MOVE, Phase.POST})
_HOLDING = tuple(kind for kind, nature in TRANSFERS.items() if nature.phase is Phase.HOLD)
_ENDING = tuple(kind for kind, nature in TRANSFERS.items() if nature.ends)


@dataclass(frozen=True)
class Balance:
    """An account as it stands. What is held is promised to something and cannot be spent."""

    district: str
    account_id: UUID
    unit: Unit
    party: Party
    balance: int
    held: int

    @property
    def available(self) -> int:
        return self.balance - self.held


def balance_of(
    session: Session, district: str, account_id: UUID, *, lock: bool = False
) -> Balance | None:
    """How an account stands; ``lock`` keeps it so until the transaction ends."""
    statement = select(
        Account.district, Account.id, Account.unit, Account.party, Account.balance, Account.held
    ).where(Account.district == district, Account.id == account_id)
    row = session.execute(statement.with_for_update() if lock else statement).one_or_none()
    return None if row is None else Balance(*row)


def account_of(
    session: Session, district: str, party: Party, holder_id: UUID, unit: Unit
) -> UUID | None:
    """The account of a holder in a unit, if one was opened."""
    return session.scalar(
        select(AccountHolder.account_id).where(
            AccountHolder.district == district,
            AccountHolder.party == party,
            AccountHolder.holder_id == holder_id,
            AccountHolder.unit == unit,
        )
    )


def accounts_of(session: Session, party: Party, holder_id: UUID) -> list[Balance]:
    """All accounts of a holder."""
    statement = (
        select(
            Account.district, Account.id, Account.unit, Account.party, Account.balance, Account.held
        )
        .join(
            AccountHolder,
            (AccountHolder.district == Account.district) & (AccountHolder.account_id == Account.id),
        )
        .where(AccountHolder.party == party, AccountHolder.holder_id == holder_id)
        .order_by(Account.district, Account.unit)
    )
    return [Balance(*row) for row in session.execute(statement)]


def consents(session: Session, district: str, person_id: UUID, *, lock: bool = False) -> bool:
    """Whether a person wants points to be written down, and a guardian too where she is a child.

    Both are asked each time: a yes given before an age was known counts nothing alone (L1).
    ``lock`` keeps hers so until the transaction ends: whoever ends it, or erases the ledger, waits.
    """
    guardian = exists().where(
        Guardianship.child_id == person_id,
        Guardianship.agreed_at.is_not(None),
        Guardianship.ended_at.is_(None),
    )
    child = exists().where(Person.id == person_id, Person.age_band == AgeBand.UNDER_14)
    found = select(Consent.person_id).where(
        Consent.district == district,
        Consent.person_id == person_id,
        Consent.ended_at.is_(None),
        or_(guardian, ~child),
    )
    return session.scalar(found.with_for_update(read=True) if lock else found) is not None


def consenting(session: Session, district: str, people: Iterable[UUID]) -> set[UUID]:
    """Which of some people want points to be written down."""
    agreed = select(Consent.person_id).where(
        Consent.district == district, Consent.ended_at.is_(None)
    )
    wanted = sorted(people)
    # no statement takes any number of values
    parts = (wanted[at : at + 500] for at in range(0, len(wanted), 500))
    return {
        found
        for part in parts
        for found in session.scalars(agreed.where(Consent.person_id.in_(part)))
    }


def holder_of(session: Session, district: str, account_id: UUID) -> tuple[Party, UUID] | None:
    """Whose account it is; None once that was erased."""
    row = session.execute(
        select(AccountHolder.party, AccountHolder.holder_id).where(
            AccountHolder.district == district, AccountHolder.account_id == account_id
        )
    ).one_or_none()
    return None if row is None else (row.party, row.holder_id)


def is_bound(session: Session, district: str, account_id: UUID) -> bool:
    """Whether conduct may be written down for an account: of a shop, or of an adult (L1)."""
    holder = holder_of(session, district, account_id)
    if holder is None:
        return False
    party, holder_id = holder
    return party is Party.SHOP or age_band_of(session, holder_id) is AgeBand.ADULT


@dataclass(frozen=True)
class WrongBalance:
    """An account whose kept balance is not what its entries add up to."""

    district: str
    account_id: UUID
    kept: tuple[int, int]
    counted: tuple[int, int]


def wrong_balances(session: Session) -> list[WrongBalance]:
    """Every account that does not add up; nothing when all is well."""
    counted = _counted(session)
    kept = {
        (row.district, row.id): (row.balance, row.held)
        for row in session.execute(
            select(Account.district, Account.id, Account.balance, Account.held)
        )
    }
    return [
        WrongBalance(key[0], key[1], kept.get(key, (0, 0)), counted.get(key, (0, 0)))
        for key in sorted(kept.keys() | counted.keys())
        if kept.get(key, (0, 0)) != counted.get(key, (0, 0))
    ]


def unit_sums(session: Session) -> dict[tuple[str, Unit], int]:
    """What all holders have, less what issuers gave: zero in every district and unit."""
    rows = session.execute(
        select(Account.district, Account.unit, func.sum(Account.balance)).group_by(
            Account.district, Account.unit
        )
    )
    sums = {(district, unit): int(total or 0) for district, unit, total in rows}
    for (district, unit, account_id), moved in _moved(session).items():
        if is_issuer(district, unit, account_id):
            sums[district, unit] = sums.get((district, unit), 0) + moved
    return sums


def _moved(session: Session) -> Mapping[tuple[str, Unit, UUID], int]:
    """What entries that count moved, by account: credits less debits."""
    found: dict[tuple[str, Unit, UUID], int] = {}
    for column, sign in ((Entry.credit_id, 1), (Entry.debit_id, -1)):
        rows: Any = session.execute(
            select(Entry.district, Entry.unit, column, func.sum(Entry.amount))
            .where(Entry.kind.in_(_MOVING))
            .group_by(Entry.district, Entry.unit, column)
        )
        for district, unit, account_id, total in rows:
            key = (district, unit, account_id)
            found[key] = found.get(key, 0) + sign * int(total)
    return found


def _counted(session: Session) -> dict[tuple[str, UUID], tuple[int, int]]:
    """Balance and held of every holder, added up from the entries."""
    balances = {
        (district, account_id): moved
        for (district, unit, account_id), moved in _moved(session).items()
        if not is_issuer(district, unit, account_id)
    }
    sign = case((Entry.kind.in_(_HOLDING), 1), else_=-1)
    # what is held is always the holder's to give, and so is what ends it
    held = {
        (row.district, row.debit_id): int(row.held)
        for row in session.execute(
            select(Entry.district, Entry.debit_id, func.sum(sign * Entry.amount).label("held"))
            .where(Entry.kind.in_((*_HOLDING, *_ENDING)))
            .group_by(Entry.district, Entry.debit_id)
        )
        if row.debit_id is not None
    }
    return {key: (balances.get(key, 0), held.get(key, 0)) for key in balances.keys() | held.keys()}


def pending_of(session: Session, district: str, account_id: UUID) -> list[UUID]:
    """Entries of an account that are on hold, the oldest first."""
    ended = select(Entry.of_id).where(
        Entry.district == district, Entry.debit_id == account_id, Entry.kind.in_(_ENDING)
    )
    return list(
        session.scalars(
            select(Entry.id)
            .where(
                Entry.district == district,
                Entry.debit_id == account_id,
                Entry.kind.in_(_HOLDING),
                Entry.id.not_in(ended),
            )
            .order_by(Entry.at, Entry.id)
        )
    )
