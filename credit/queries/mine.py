"""One person's ledger as she reads it: how she stands, and her entries with all that belongs to
them, in a fixed number of queries however many entries there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from credit.models import (
    Account,
    AccountHolder,
    Consent,
    Entry,
    EntryDetail,
    Guardianship,
    Matter,
    RuleVersion,
    Sealed,
)
from credit.queries.accounts import Balance
from credit.queries.entries import EntryRow
from credit.queries.matters import open_to_objection
from credit.queries.own import ConsentRow
from credit.rules.canonical import Json
from credit.rules.kinds import RESOLVING, TAKEN_BACK_BY, TRANSFERS, Kind, Party, Phase
from credit.rules.leaf import Unit, unpack
from credit.rules.lots import Lot
from credit.rules.process import DISPUTES
from portal.accounts.models import Person
from portal.accounts.rules import AgeBand
from portal.kernel.instance import instance_of
from portal.kernel.vault import Vault

PAGE: Final = 20
_MOVING: Final = tuple(k for k, one in TRANSFERS.items() if one.phase in {Phase.MOVE, Phase.POST})
_TAKING: Final = tuple(sorted({kind for kinds in TAKEN_BACK_BY.values() for kind in kinds}))


@dataclass(frozen=True)
class Mine:
    """How a person stands with the ledger: her age, what she agreed to, her accounts.

    ``guarded``: a guardian agreed for her (L1)."""

    age_band: AgeBand
    guarded: bool = False
    consents: tuple[ConsentRow, ...] = ()
    accounts: tuple[Balance, ...] = ()

    @property
    def needs_guardian(self) -> bool:
        """Whether nothing can be written down before a guardian agrees."""
        return self.age_band is AgeBand.UNDER_14 and not self.guarded

    def consent(self, district: str) -> ConsentRow | None:
        """Her yes in a district, while it stands."""
        found = (c for c in self.consents if c.district == district and c.ended_at is None)
        return next(found, None)

    def account(self, district: str, unit: Unit) -> Balance | None:
        found = (a for a in self.accounts if (a.district, a.unit) == (district, unit))
        return next(found, None)


def mine(session: Session, person_id: UUID | None) -> Mine:
    """Consents and accounts of a person, in one query."""
    guarded = exists().where(
        Guardianship.child_id == Person.id,
        Guardianship.agreed_at.is_not(None),
        Guardianship.ended_at.is_(None),
    )
    statement = (
        select(
            Person.age_band, guarded.label("guarded"),
            Consent.district.label("consent_district"), Consent.given_at, Consent.ended_at,
            Account.district, Account.id, Account.unit, Account.party, Account.balance,
            Account.held,
        )
        .outerjoin(Consent, Consent.person_id == Person.id)
        .outerjoin(
            AccountHolder,
            (AccountHolder.holder_id == Person.id) & (AccountHolder.party == Party.PERSON),
        )
        .outerjoin(
            Account,
            (Account.district == AccountHolder.district) & (Account.id == AccountHolder.account_id),
        )
        .where(Person.id == person_id)
        .order_by(Account.district, Account.unit.desc(), Consent.district)
    )  # fmt: skip
    # each consent comes with each account
    age, is_guarded = AgeBand.UNKNOWN, False
    consents, accounts = dict[str, ConsentRow](), dict[UUID, Balance]()
    for row in session.execute(statement):
        age, is_guarded = row.age_band, row.guarded
        if row.consent_district is not None:
            consents[row.consent_district] = ConsentRow(
                row.consent_district, row.given_at, row.ended_at
            )
        if row.id is not None:
            accounts[row.id] = Balance(
                row.district, row.id, row.unit, row.party, row.balance, row.held
            )
    return Mine(age, is_guarded, tuple(consents.values()), tuple(accounts.values()))


@dataclass(frozen=True)
class AboutMatter:
    """The matter of a deduction that an entry belongs to, as far as a line shows it."""

    number: str
    disputed: bool
    object_until: datetime | None
    can_object: bool


@dataclass(frozen=True)
class Line:
    """An entry with everything that its holder reads of it. ``after``: the balance it led to."""

    entry: EntryRow
    account_id: UUID
    after: int
    details: Mapping[str, Json] | None
    details_salt: bytes | None
    log: int | None
    seq: int | None
    rule_title: str | None
    ended_by: Kind | None
    taken_back: int
    matter: AboutMatter | None

    @property
    def to_holder(self) -> bool:
        return self.entry.credit_id == self.account_id


def lines_of(
    session: Session,
    accounts: Sequence[Balance],
    before: tuple[datetime, UUID] | None,
    *,
    limit: int | None = PAGE,
) -> list[Line]:
    """Entries of accounts, the newest first; one more than a page when there are more."""
    statement = _lines(accounts)
    if before is not None:
        statement = statement.where(tuple_(Entry.at, Entry.id) < tuple_(*before))
    statement = statement.order_by(Entry.at.desc(), Entry.id.desc())
    if limit is not None:
        statement = statement.limit(limit + 1)
    return _read(session, statement)


def line_of(session: Session, accounts: Sequence[Balance], entry_id: UUID) -> Line | None:
    """One entry, if it is of one of these accounts and still shown."""
    found = _read(session, _lines(accounts).where(Entry.id == entry_id))
    return found[0] if found else None


def related_to(session: Session, accounts: Sequence[Balance], entry: EntryRow) -> list[Line]:
    """The earlier entry that one speaks of, and the later ones that speak of it, in their order."""
    near = Entry.of_id == entry.id
    if entry.of_id is not None:
        near = or_(near, Entry.id == entry.of_id)
    return _read(session, _lines(accounts).where(near).order_by(Entry.at, Entry.id))


def _moves(accounts: Sequence[Balance]) -> Any:
    """Every entry of the accounts with what it moved there; what only holds moves nothing."""
    districts = sorted({account.district for account in accounts})
    ids = [account.account_id for account in accounts]
    moved = case((Entry.kind.in_(_MOVING), Entry.amount), else_=0)

    def side(account: Any, sign: int) -> Select[Any]:
        return select(
            Entry.district, Entry.id, Entry.at, account.label("account_id"),
            (moved * sign).label("moved"),
        ).where(Entry.district.in_(districts), account.in_(ids))  # fmt: skip

    said = (
        select(
            Entry.district, Entry.id, Entry.at, EntryDetail.account_id, literal(0).label("moved")
        )
        .join(
            EntryDetail,
            (EntryDetail.district == Entry.district) & (EntryDetail.entry_id == Entry.id),
        )
        .where(
            EntryDetail.district.in_(districts),
            EntryDetail.account_id.in_(ids),
            Entry.digest.is_not(None),
        )
    )
    return union_all(side(Entry.credit_id, 1), side(Entry.debit_id, -1), said).subquery("moves")


def _lines(accounts: Sequence[Balance]) -> Select[Any]:
    moves = _moves(accounts)
    total = func.sum(moves.c.moved).over(
        partition_by=moves.c.account_id, order_by=(moves.c.at, moves.c.id)
    )
    mine = select(moves, cast(total, BigInteger).label("after")).subquery("mine")
    return (
        select(
            *Entry.__table__.columns,
            mine.c.account_id, mine.c.after,
            EntryDetail.sealed_details,
            Sealed.log, Sealed.seq,
            RuleVersion.title,
            Matter.number, Matter.state, Matter.object_until,
            open_to_objection().label("can_object"),
            _ended_by().label("ended_by"), _taken_back().label("taken_back"),
        )
        .join(mine, (mine.c.district == Entry.district) & (mine.c.id == Entry.id))
        .outerjoin(
            EntryDetail,
            (EntryDetail.district == Entry.district) & (EntryDetail.entry_id == Entry.id),
        )
        .outerjoin(Sealed, (Sealed.district == Entry.district) & (Sealed.entry_id == Entry.id))
        .outerjoin(RuleVersion, (RuleVersion.district == Entry.district) & _is_rule_of_entry())
        .outerjoin(
            Matter,
            (Matter.account_id == mine.c.account_id)
            & or_(
                Matter.notice_id == Entry.id,
                Matter.posted_id == Entry.id,
                Matter.end_id == Entry.id,
            ),
        )
        .where(_is_shown())
    )  # fmt: skip


def _is_rule_of_entry() -> ColumnElement[bool]:
    name = RuleVersion.code + literal("@") + cast(RuleVersion.version, String)
    return Entry.rule == name


def _is_shown() -> ColumnElement[bool]:
    """Conduct whose details are erased is shown to nobody any more (L12)."""
    return or_(Entry.unit.is_(None), Entry.unit != Unit.CONDUCT, EntryDetail.entry_id.is_not(None))


def _ended_by() -> Any:
    later = aliased(Entry)
    return (
        select(later.kind)
        .where(later.district == Entry.district, later.of_id == Entry.id, later.kind.in_(RESOLVING))
        .scalar_subquery()
    )


def _taken_back() -> Any:
    later = aliased(Entry)
    return (
        select(func.coalesce(func.sum(later.amount), 0))
        .where(later.district == Entry.district, later.of_id == Entry.id, later.kind.in_(_TAKING))
        .scalar_subquery()
    )


def _read(session: Session, statement: Select[Any]) -> list[Line]:
    vault = instance_of(session).vault
    return [_line(row, vault) for row in session.execute(statement)]


def _line(row: Any, vault: Vault) -> Line:
    sealed = row.sealed_details
    salt, details = unpack(vault.unseal(sealed)) if sealed else (None, None)
    return Line(
        entry=EntryRow(*row[: len(Entry.__table__.columns)]),
        account_id=row.account_id,
        after=int(row.after),
        details=details,
        details_salt=salt,
        log=row.log,
        seq=row.seq,
        rule_title=row.title,
        ended_by=row.ended_by,
        taken_back=int(row.taken_back),
        matter=_matter(row),
    )


def _matter(row: Any) -> AboutMatter | None:
    if row.number is None:
        return None
    return AboutMatter(row.number, row.state in DISPUTES, row.object_until, bool(row.can_object))


def lots_of_accounts(session: Session, accounts: Sequence[Balance]) -> dict[UUID, list[Lot]]:
    """Awards and deductions of accounts, the oldest first, with what was taken back of each."""
    back = aliased(Entry)
    holder = case((Entry.kind == Kind.AWARD, Entry.credit_id), else_=Entry.debit_id)
    districts = sorted({account.district for account in accounts})
    ids = [account.account_id for account in accounts]
    statement = (
        select(
            holder.label("account_id"),
            Entry.id,
            Entry.amount,
            func.coalesce(func.sum(back.amount), 0).label("taken_back"),
            Entry.until,
        )
        .outerjoin(
            back,
            (back.district == Entry.district) & (back.of_id == Entry.id) & back.kind.in_(_TAKING),
        )
        .where(
            Entry.district.in_(districts),
            or_(
                and_(Entry.credit_id.in_(ids), Entry.kind == Kind.AWARD),
                and_(Entry.debit_id.in_(ids), Entry.kind == Kind.DEDUCTION_POST),
            ),
        )
        .group_by(Entry.district, Entry.id)
        .order_by(Entry.at, Entry.id)
    )
    found: dict[UUID, list[Lot]] = {account.account_id: [] for account in accounts}
    for row in session.execute(statement):
        found[row.account_id].append(Lot(row.id, row.amount or 0, int(row.taken_back), row.until))
    return found
