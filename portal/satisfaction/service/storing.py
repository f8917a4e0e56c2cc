"""Where a release is kept: its rows, the sealed statement, and a copy outside the database.

A restore takes the database back in time. A month that was released since would look unreleased,
and its noise would be drawn a second time: ε would be spent twice and no budget would know. So each
release is also written to the instance folder, before it is committed; what lies there and is
missing in the database is put back as it was, and never drawn anew (decision 0050).
"""

import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Column, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from credit.rules.kinds import Kind
from credit.service.known import Rejected
from credit.service.posting import Details
from credit.service.statements import seal_statement
from portal.kernel.errors import Conflict, Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from portal.satisfaction.models import ReleaseCell, SatisfactionRelease
from portal.satisfaction.queries.releases import release
from portal.satisfaction.rules import SubjectKind
from portal.satisfaction.rules.copies import is_slug, torn_file
from portal.satisfaction.rules.files import digest_of, files_in
from portal.satisfaction.rules.release import LONGEST_REASON, ReleaseRefusal, slug_of

FOLDER: Final = "releases"
# lies in the folder from a restore that found no release anywhere until somebody has looked
UNSEEN: Final = "nobody-looked"
Values = Mapping[str, Any]


def store(session: Session, values: Values, rows: Sequence[Values], *, now: datetime) -> None:
    """Store the rows of a claimed release, seal its hash, and keep the copy. Raises Refused."""
    session.execute(insert(ReleaseCell), [dict(row) for row in rows])
    _seal_and_keep(session, values, rows, now)


def _seal_and_keep(session: Session, values: Values, rows: Sequence[Values], now: datetime) -> None:
    slug = values["slug"]
    outcome = seal_statement(
        session, district=instance_of(session).city.roots[0], entry_id=values["entry_id"],
        kind=Kind.RELEASE, digest=bytes.fromhex(values["digest"]),
        details=Details(f"release:{slug}"), now=now,
    )  # fmt: skip
    if isinstance(outcome, Rejected):
        # the ledger stands still: the release waits with it, and its noise is forgotten
        raise Refused(outcome.code)
    _keep(_copy_of(session, slug), values, rows)


def is_kept(session: Session, slug: str) -> bool:
    """Whether a release of this name was made here before, whatever the database knows."""
    return _copy_of(session, slug).exists()


def _kept_here(session: Session) -> list[str]:
    folder = instance_of(session).config.instance / FOLDER
    return sorted(path.stem for path in folder.glob("*.json") if is_slug(path.stem))


def missing_releases(session: Session) -> list[str]:
    """The releases that were made here and that the database does not know, the oldest first."""
    return [slug for slug in _kept_here(session) if release(session, slug) is None]


def put_back(session: Session, slug: str, *, now: datetime) -> None:
    """Store a kept release again as it was, its hash sealed anew. Raises Conflict, Refused."""
    values, rows = _read(session, slug)
    try:
        claim(session, values)
        session.execute(insert(ReleaseCell), rows)
    except (DataError, IntegrityError) as error:
        raise _damaged(session, slug) from error
    _seal_and_keep(session, values, rows, now)


def check_copy(session: Session, slug: str) -> None:
    """Raises Refused, naming the file, when a copy cannot be read or is not what was written."""
    _read(session, slug)


def damaged_copies(session: Session) -> list[str]:
    """The releases whose copies are here and are damaged."""
    found = []
    for slug in _kept_here(session):
        try:
            check_copy(session, slug)
        except Refused:
            found.append(slug)
    return found


def _damaged(session: Session, slug: str) -> Refused:
    name = f"{FOLDER}/{_copy_of(session, slug).name}"
    return Refused(ReleaseRefusal.COPY_DAMAGED, facts={"file": name})


def _read(session: Session, slug: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What a copy holds, if it is whole. Raises Refused."""
    try:
        told = json.loads(_copy_of(session, slug).read_text("utf-8"))
        values, rows = dict(told["release"]), [dict(row) for row in told["cells"]]
        values["released_at"] = datetime.fromisoformat(values["released_at"])
        values["subject_kind"] = SubjectKind(values["subject_kind"])
        values["entry_id"] = new_id()
        whole = _is_whole(slug, values, rows)
    except (AttributeError, KeyError, OSError, TypeError, ValueError) as error:
        raise _damaged(session, slug) from error
    if not whole:
        raise _damaged(session, slug)
    return values, rows


def _is_whole(slug: str, values: Values, rows: Sequence[Values]) -> bool:
    """Whether everything is there, the files are those of the hash, and the name is its own."""
    if not _fits(values, SatisfactionRelease.__table__):
        return False
    files = files_in(values)
    named = slug_of(values["month"], values["subject_kind"], values["version"])
    return (
        slug == values["slug"] == named
        # what the table itself would refuse
        and (values["version"] == 1) == (values["reason"] is None)
        and len(values["reason"] or "") <= LONGEST_REASON
        and digest_of(files).hex() == values["digest"]
        and torn_file(files) is None
        and len({(row["span"], row["level"], row["code"]) for row in rows}) == len(rows) > 0
        and all(_fits(row, ReleaseCell.__table__) and row["slug"] == slug for row in rows)
    )


def _fits(row: Values, table: Any) -> bool:
    columns = {column.name: column for column in table.columns}
    return set(row) == set(columns) and all(_is(row[name], of) for name, of in columns.items())


def _is(value: Any, column: Column[Any]) -> bool:
    if value is None:
        return bool(column.nullable)
    kind = column.type.python_type
    return isinstance(value, int | float if kind is float else kind)


def lost_copies(session: Session) -> list[str]:
    """The releases that the database knows and the folder does not. A release is copied before it
    is committed: so this is not the folder that was kept, and what was released after a backup is
    known to nobody here."""
    known = session.scalars(select(SatisfactionRelease.slug).order_by(SatisfactionRelease.slug))
    return [slug for slug in known if not is_kept(session, slug)]


def note_unseen(session: Session) -> None:
    """After a restore: where neither the database nor the folder knows a release, a month may have
    been published since the backup and nobody here could tell. Nothing is drawn until somebody has
    looked."""
    if _kept_here(session) or session.scalar(select(SatisfactionRelease.slug).limit(1)):
        return
    folder = instance_of(session).config.instance / FOLDER
    folder.mkdir(exist_ok=True)
    (folder / UNSEEN).touch()


def nobody_looked(session: Session) -> bool:
    """Whether a restore found no release and nobody has said since that there is none."""
    return (instance_of(session).config.instance / FOLDER / UNSEEN).exists()


def note_looked(session: Session) -> None:
    """Somebody has looked: what is not here was not published."""
    (instance_of(session).config.instance / FOLDER / UNSEEN).unlink(missing_ok=True)


def copy_again(session: Session, slug: str) -> None:
    """Write the lost copy of a release from its rows: for somebody who has looked whether anything
    newer was published."""
    (values,) = session.execute(
        select(*SatisfactionRelease.__table__.columns).where(SatisfactionRelease.slug == slug)
    ).mappings()
    rows = session.execute(
        select(*ReleaseCell.__table__.columns)
        .where(ReleaseCell.slug == slug)
        .order_by(ReleaseCell.position)
    ).mappings()
    _keep(_copy_of(session, slug), dict(values), [dict(row) for row in rows])


def _copy_of(session: Session, slug: str) -> Path:
    return instance_of(session).config.instance / FOLDER / f"{slug}.json"


def _keep(path: Path, values: Values, rows: Sequence[Values]) -> None:
    """The copy on the disk before the release is committed: what lies there without one was seen
    by nobody and is put back as well."""
    path.parent.mkdir(exist_ok=True)
    said = {**values, "released_at": values["released_at"].isoformat(), "entry_id": None}
    half = path.with_suffix(".half")
    with half.open("w", encoding="utf-8") as file:
        json.dump({"release": said, "cells": list(rows)}, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
    # the name itself has to outlive a power cut
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def claim(session: Session, values: Values) -> None:
    """The release's own row: whoever is second finds it; who would overspend is refused."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = (
        dialect.insert(SatisfactionRelease)
        .values(**values)
        .on_conflict_do_nothing()
        .returning(SatisfactionRelease.slug)
    )
    try:
        made = session.scalar(statement)
    except IntegrityError as error:
        if "yearly_cap" not in str(error.orig):
            raise
        # the whole transaction is rolled back by whoever began it
        raise Refused(ReleaseRefusal.BUDGET_SPENT) from error
    if made is None:
        raise Conflict(ReleaseRefusal.RELEASED)
