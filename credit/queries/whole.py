"""Reads of the whole ledger, a few thousand rows at a time, for whoever recomputes everything."""

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from credit.models import (
    Account,
    Checkpoint,
    Due,
    Entry,
    EntryDetail,
    Log,
    RuleVersion,
    Sealed,
    Unsealed,
)
from credit.queries.entries import EntryRow
from credit.rules.flaws import SealedRule
from credit.rules.kinds import FLOORS, RESOLVING, TRANSFERS, Kind, Phase
from credit.rules.leaf import Unit
from credit.rules.rulebook import Rule

CHUNK: Final = 4_000
# what a job that is late by a day has not ended yet is no fault of the ledger
_GRACE: Final = timedelta(days=1)
_ENTRY: Final = tuple(Entry.__table__.columns)
_HOLDING: Final = tuple(k for k, nature in TRANSFERS.items() if nature.phase is Phase.HOLD)
_TAKING_BACK: Final = tuple(k for k, nature in TRANSFERS.items() if nature.takes_back)


@dataclass(frozen=True)
class Line:
    """One number of a log with all that belongs to it; ``entry`` is None when it is gone."""

    seq: int
    leaf_hash: bytes
    entry: EntryRow | None
    sealed_details: str | None


@dataclass(frozen=True)
class WholeLog:
    """A log as its row tells it."""

    number: int
    origin: str
    size: int
    frontier: bytes


def begin_snapshot(session: Session) -> None:
    """Everything is read as of one moment, however long it takes and whoever writes meanwhile."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def whole_logs(session: Session) -> list[WholeLog]:
    """Every log, the oldest first."""
    rows = session.execute(
        select(Log.number, Log.origin, Log.size, Log.frontier).order_by(Log.number)
    )
    return [WholeLog(*row) for row in rows]


def sealed_lines(session: Session, log: int) -> Generator[list[Line], None, None]:
    """Every number of a log in order."""
    statement = (
        select(Sealed.seq, Sealed.leaf_hash, EntryDetail.sealed_details, *_ENTRY)
        .outerjoin(Entry, (Entry.district == Sealed.district) & (Entry.id == Sealed.entry_id))
        .outerjoin(EntryDetail, _is_detail_of(Entry))
        .where(Sealed.log == log)
        .order_by(Sealed.seq)
    )
    yield from _chunks(session, statement)


def waiting_lines(session: Session) -> Generator[list[Line], None, None]:
    """Every entry that waits to be sealed; its number is not given yet and says nothing."""
    statement = (
        select(
            func.row_number().over(order_by=Unsealed.entry_id), Unsealed.leaf_hash,
            EntryDetail.sealed_details, *_ENTRY,
        )
        .outerjoin(Entry, (Entry.district == Unsealed.district) & (Entry.id == Unsealed.entry_id))
        .outerjoin(EntryDetail, _is_detail_of(Entry))
        .order_by(Unsealed.entry_id)
    )  # fmt: skip
    yield from _chunks(session, statement)


def _is_detail_of(entry: Any) -> Any:
    return (EntryDetail.district == entry.district) & (EntryDetail.entry_id == entry.id)


def _chunks(session: Session, statement: Select[Any]) -> Generator[list[Line], None, None]:
    with session.execute(statement.execution_options(yield_per=CHUNK)) as rows:
        for part in rows.partitions():
            yield [
                Line(row[0], row[1], EntryRow(*row[3:]) if row[3] is not None else None, row[2])
                for row in part
            ]


def entries_by_id(
    session: Session, wanted: Iterable[tuple[str, UUID]]
) -> dict[tuple[str, UUID], EntryRow]:
    """Some entries by their keys."""
    by_district: dict[str, list[UUID]] = {}
    for district, entry_id in wanted:
        by_district.setdefault(district, []).append(entry_id)
    return {
        (row.district, row.id): EntryRow(*row)
        for district, ids in by_district.items()
        for row in session.execute(
            select(*_ENTRY).where(Entry.district == district, Entry.id.in_(ids))
        )
    }


def checkpoint_stream(
    session: Session, log: int
) -> Generator[tuple[int, bytes, bytes], None, None]:
    """Size, root and note of every checkpoint of a log, the smallest first."""
    statement = (
        select(Checkpoint.size, Checkpoint.root, Checkpoint.note)
        .where(Checkpoint.log == log)
        .order_by(Checkpoint.size)
    )
    with session.execute(statement.execution_options(yield_per=1_000)) as rows:
        for row in rows:
            yield row.size, row.root, row.note.encode()


def entries_nowhere(session: Session, most: int) -> list[tuple[str, UUID]]:
    """Entries that are neither sealed nor waiting to be."""
    statement = (
        select(Entry.district, Entry.id)
        .outerjoin(Sealed, (Sealed.district == Entry.district) & (Sealed.entry_id == Entry.id))
        .outerjoin(
            Unsealed, (Unsealed.district == Entry.district) & (Unsealed.entry_id == Entry.id)
        )
        .where(
            or_(
                and_(Sealed.seq.is_(None), Unsealed.entry_id.is_(None)),
                # sealed already, it must not wait to be sealed again
                and_(Sealed.seq.is_not(None), Unsealed.entry_id.is_not(None)),
            )
        )
        .limit(most)
    )
    return [(row.district, row.id) for row in session.execute(statement)]


def taken_twice(session: Session, most: int) -> list[tuple[str, UUID]]:
    """Entries that were ended more than once, or of which more was taken back than there was."""
    back = (
        select(
            Entry.district,
            Entry.of_id,
            func.sum(case((Entry.kind.in_(RESOLVING), 1), else_=0)).label("ended"),
            func.sum(case((Entry.kind.in_(_TAKING_BACK), Entry.amount), else_=0)).label("taken"),
        )
        .where(Entry.of_id.is_not(None))
        .group_by(Entry.district, Entry.of_id)
        .subquery()
    )
    statement = (
        select(Entry.district, Entry.id)
        .join(back, (back.c.district == Entry.district) & (back.c.of_id == Entry.id))
        .where(or_(back.c.ended > 1, back.c.taken > Entry.amount))
        .limit(most)
    )
    return [(row.district, row.id) for row in session.execute(statement)]


def below_the_floor(session: Session, most: int) -> list[tuple[str, UUID]]:
    """Accounts that hold less than their unit allows."""
    available = Account.balance - Account.held
    low = [(Account.unit == unit) & (available < floor) for unit, floor in FLOORS.items()]
    above = (Account.unit == Unit.CONDUCT) & (Account.balance > 0)
    statement = select(Account.district, Account.id).where(or_(Account.held < 0, above, *low))
    return [(row.district, row.id) for row in session.execute(statement.limit(most))]


def overdue(session: Session, now: datetime, most: int) -> list[tuple[str, UUID]]:
    """Holds, notices and deductions whose time was over a day ago and that nobody ended."""
    later = aliased(Entry)
    of = (later.district == Entry.district) & (later.of_id == Entry.id)
    ended = select(later.id).where(of, later.kind.in_(RESOLVING)).exists()
    taken = (
        select(func.coalesce(func.sum(later.amount), 0))
        .where(of, later.kind.in_(_TAKING_BACK))
        .scalar_subquery()
    )
    statement = select(Entry.district, Entry.id).where(
        Entry.until < now - _GRACE,
        or_(
            Entry.kind.in_(_HOLDING) & ~ended,
            (Entry.kind == Kind.DEDUCTION_POST) & (taken < Entry.amount),
        ),
    )
    return [(row.district, row.id) for row in session.execute(statement.limit(most))]


def wrong_clocks(session: Session, now: datetime, most: int) -> list[tuple[str, UUID]]:
    """What is on hold or in effect and will not end at its moment."""
    later = aliased(Entry)
    of = (later.district == Entry.district) & (later.of_id == Entry.id)
    ended = select(later.id).where(of, later.kind.in_(RESOLVING)).exists()
    statement = (
        select(Entry.district, Entry.id)
        .outerjoin(Due, (Due.district == Entry.district) & (Due.entry_id == Entry.id))
        .where(
            or_(
                Entry.kind.in_(_HOLDING) & ~ended,
                (Entry.kind == Kind.DEDUCTION_POST) & (Entry.until > now),
            ),
            or_(Due.due_at.is_(None), Due.due_at != Entry.until),
        )
        .limit(most)
    )
    return [(row.district, row.id) for row in session.execute(statement)]


@dataclass(frozen=True)
class RuleRow:
    """A version of a rule, the entry that sealed it, and where and when that was."""

    district: str
    rule: Rule
    statement: EntryRow | None
    place: tuple[int, int] | None

    def sealed(self) -> SealedRule | None:
        """As awards are held against it; None as long as it does not count."""
        since = self.rule.counts_from()
        if since is None or self.place is None:
            return None
        return SealedRule(
            self.place, since, self.rule.rule_class, self.rule.points, self.rule.life_days
        )


def all_rule_rows(session: Session) -> list[RuleRow]:
    """Every version of every rule of every district."""
    first = (
        select(func.min(Checkpoint.made_at))
        .where(Checkpoint.log == Sealed.log, Checkpoint.size > Sealed.seq)
        .scalar_subquery()
    )
    columns = (
        RuleVersion.code, RuleVersion.version, RuleVersion.fact, RuleVersion.rule_class,
        RuleVersion.points, RuleVersion.life_days, RuleVersion.title, RuleVersion.source_text,
        RuleVersion.evidence, RuleVersion.proposers, RuleVersion.valid_from,
    )  # fmt: skip
    rows: Sequence[Any] = session.execute(
        select(RuleVersion.district, Sealed.log, Sealed.seq, first, *columns, *_ENTRY)
        .outerjoin(
            Entry,
            (Entry.district == RuleVersion.district) & (Entry.id == RuleVersion.statement_id),
        )
        .outerjoin(Sealed, (Sealed.district == Entry.district) & (Sealed.entry_id == Entry.id))
        .order_by(RuleVersion.district, RuleVersion.code, RuleVersion.version)
    ).all()
    end = 4 + len(columns)
    return [
        RuleRow(
            row[0],
            replace(Rule(*row[4:end]), sealed_at=row[3]),
            EntryRow(*row[end:]) if row[end] is not None else None,
            None if row[1] is None else (row[1], row[2]),
        )
        for row in rows
    ]


def seq_of(session: Session, district: str, entry_id: UUID) -> tuple[int, int] | None:
    """Log and number of an entry."""
    row = session.execute(
        select(Sealed.log, Sealed.seq).where(
            Sealed.district == district, Sealed.entry_id == entry_id
        )
    ).one_or_none()
    return None if row is None else (row.log, row.seq)


def districts(session: Session) -> list[str]:
    """Every district that has a ledger."""
    return list(session.scalars(select(Entry.district).distinct().order_by(Entry.district)))
