"""The rows of an entry: itself, its details, its place in the sealer's queue, its last moment."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Table, bindparam, exists, insert, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from credit.models import Due, Entry, EntryDetail, Refusal, Unsealed
from credit.queries.entries import EntryRow
from credit.rules import leaf as leaves
from credit.rules.bodies import Statement, Transfer
from credit.rules.canonical import Json
from portal.kernel.db import Base
from portal.kernel.instance import instance_of

_LEAF = b"\x00"  # RFC 9162: a leaf is hashed with another first byte than a node


def _table(model: type[Base]) -> Table:
    """Plain tables: these statements are made once and run for every entry."""
    return Base.metadata.tables[model.__tablename__]


@cache
def _insert_entry(dialect: str) -> Any:
    """Insert unless the id, the source or the hold is taken, or the id was refused."""
    columns = list(_table(Entry).columns)
    values = [bindparam(column.name, type_=column.type).label(column.name) for column in columns]
    refused = exists().where(
        Refusal.district == bindparam("district", type_=Entry.district.type),
        Refusal.id == bindparam("id", type_=Entry.id.type),
    )
    source = select(*values).where(~refused)
    inserting = (sqlite if dialect == "sqlite" else postgresql).insert(_table(Entry))
    return (
        inserting.from_select([column.name for column in columns], source)
        .on_conflict_do_nothing()
        .returning(literal_column("1").label("done"))
    )


# of each row beside an entry, where in ``_given`` its columns are found
_BESIDE: Final[Mapping[type[Base], Mapping[str, str]]] = {
    EntryDetail: {
        "district": "district", "entry_id": "id", "account_id": "account_id",
        "sealed_details": "sealed_details",
    },
    Unsealed: {"district": "district", "entry_id": "id", "leaf_hash": "leaf_hash"},
    Due: {"district": "district", "entry_id": "id", "account_id": "account_id", "due_at": "until"},
}  # fmt: skip


def _values(model: type[Base]) -> dict[str, Any]:
    """The values of a row beside an entry, as parameters."""
    columns = _table(model).columns
    return {
        name: bindparam(given, type_=columns[name].type) for name, given in _BESIDE[model].items()
    }


@cache
def _insert_beside(model: type[Base]) -> Any:
    return insert(_table(model)).values(_values(model))


@cache
def _insert_all(*beside: type[Base]) -> Any:
    """The entry and what lies beside it in one statement, which only PostgreSQL has: each way to
    and fro is waited for while the account is locked. Nothing is written beside no entry."""
    entry = _insert_entry("postgresql").cte("entry")
    there = select(entry.c.done).exists()
    others = [
        insert(_table(model))
        .from_select(list(values), select(*values.values()).where(there))
        .cte(model.__tablename__)
        for model, values in ((model, _values(model)) for model in beside)
    ]
    return select(entry.c.done).add_cte(*others)


def write_entry(
    session: Session,
    wish: Transfer | Statement,
    details: Mapping[str, Json],
    salts: tuple[bytes, bytes],
    *,
    at: datetime,
    account_id: UUID | None,
) -> EntryRow | None:
    """Write the rows, or nothing when the entry's place is taken."""
    salt, details_salt = salts
    packed = leaves.pack(details_salt, details)
    row = _row(wish, salt, leaves.commitment_of(packed), at.replace(microsecond=0))
    given = {
        **vars(row),
        "account_id": account_id,
        "sealed_details": instance_of(session).vault.seal(packed),
        "leaf_hash": leaf_hash(row),
    }
    beside = [EntryDetail, Unsealed]
    if row.until is not None and account_id is not None:
        beside.append(Due)
    return row if _write(session, given, beside) else None


def _write(session: Session, given: Mapping[str, Any], beside: Sequence[type[Base]]) -> bool:
    """Whether there was a place for the entry."""
    if session.get_bind().dialect.name == "postgresql":
        return session.execute(_insert_all(*beside), given).scalar() is not None
    if session.execute(_insert_entry("sqlite"), given).scalar() is None:
        return False
    for model in beside:
        session.execute(_insert_beside(model), given)
    return True


def _row(wish: Transfer | Statement, salt: bytes, commitment: bytes, at: datetime) -> EntryRow:
    nothing = EntryRow(
        district=wish.district, id=wish.id, kind=wish.kind, unit=None, debit_id=None,
        credit_id=None, amount=None, rule=None, source_hash=None, of_id=None, digest=None,
        salt=salt, commitment=commitment, at=at, until=None,
    )  # fmt: skip
    if isinstance(wish, Statement):
        return replace(nothing, digest=wish.digest)
    return replace(
        nothing,
        unit=wish.unit,
        debit_id=wish.debit,
        credit_id=wish.credit,
        amount=wish.amount,
        rule=wish.rule,
        source_hash=wish.source,
        of_id=wish.of,
        until=wish.until.replace(microsecond=0) if wish.until else None,
    )


def leaf_of(row: EntryRow) -> leaves.Leaf:
    """The leaf of an entry: what is sealed, and all that ever will be."""
    if row.digest is not None:
        return leaves.Statement(
            id=row.id, kind=row.kind.value, hash=row.digest, salt=row.salt,
            commitment=row.commitment, at=row.at,
        )  # fmt: skip
    if (
        row.unit is None or row.debit_id is None or row.credit_id is None
        or row.amount is None or row.rule is None or row.source_hash is None
    ):  # fmt: skip
        raise ValueError("neither a transfer nor a statement")
    return leaves.Transfer(
        id=row.id, unit=row.unit, debit=row.debit_id, credit=row.credit_id, amount=row.amount,
        kind=row.kind.value, rule=row.rule, source=row.source_hash, salt=row.salt,
        commitment=row.commitment, posted_at=row.at, of=row.of_id,
    )  # fmt: skip


def leaf_hash(row: EntryRow) -> bytes:
    """The hash under which an entry stands in the tree."""
    return sha256(_LEAF + leaf_of(row).encode()).digest()
