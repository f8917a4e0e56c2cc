"""Clause sets, their versions and clauses, as they are read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from pledges.models import Clause, ClauseSet, ClauseVersion
from pledges.rules.clause_texts import LANGUAGES, ClauseText, Meant, fitting
from pledges.rules.clauses import Letter
from pledges.rules.premises import PremisesKind


@dataclass(frozen=True, kw_only=True)
class SetRow(Meant):
    """A clause set and what it is called."""

    id: UUID
    letter: Letter
    extra: bool
    area_id: UUID
    names: dict[str, str]
    ended_on: date | None


@dataclass(frozen=True)
class VersionRow:
    """A version without its clauses. ``sealed``: its hash stands in the ledger."""

    id: UUID
    set_id: UUID
    version: int
    effective_from: date
    source: str
    published_at: datetime | None
    digest: str | None
    sealed: bool


def _set_row(row: ClauseSet) -> SetRow:
    return SetRow(
        code=row.code, place_path=row.place_path, kind=row.kind, trade=row.trade, id=row.id,
        letter=row.letter, extra=row.extra, area_id=row.area_id, names=_said(row, "name"),
        ended_on=row.ended_on,
    )  # fmt: skip


def _said(row: Any, part: str) -> dict[str, str]:
    return {language: getattr(row, f"{part}_{language.lower()}") for language in LANGUAGES}


def _version_row(row: ClauseVersion) -> VersionRow:
    return VersionRow(
        row.id, row.set_id, row.version, row.effective_from, row.source, row.published_at,
        row.digest, row.entry_id is not None,
    )  # fmt: skip


def running_sets(session: Session, on: date) -> list[tuple[SetRow, VersionRow]]:
    """Every set that counts on a day, with its version of that day: main sets first."""
    newest = (
        select(ClauseVersion)
        .where(ClauseVersion.published_at.is_not(None), ClauseVersion.effective_from <= on)
        .order_by(ClauseVersion.effective_from)
    )
    # in the order of their days, so that the newest stays
    versions = {row.set_id: row for row in session.scalars(newest)}
    sets = session.scalars(
        select(ClauseSet).order_by(ClauseSet.letter, ClauseSet.extra, ClauseSet.code)
    )
    return [
        (_set_row(row), _version_row(versions[row.id]))
        for row in sets
        if row.id in versions and (row.ended_on is None or row.ended_on > on)
    ]


@dataclass(frozen=True)
class Offered:
    """What a place may sign on a day: its main text, and extra ones beside it."""

    main: tuple[SetRow, VersionRow] | None
    extras: list[tuple[SetRow, VersionRow]]


def texts_for(
    session: Session, letter: Letter, place_path: str, kind: PremisesKind, trade: str, *, on: date
) -> Offered:
    """Which texts are meant for a place; of the main ones the nearest alone."""
    running = {row.code: (row, version) for row, version in running_sets(session, on)}
    rows = [row for row, _version in running.values() if row.letter is letter]
    near = fitting(rows, place_path, kind, trade)
    main = next((running[row.code] for row in near if not row.extra), None)
    return Offered(main, [running[row.code] for row in near if row.extra])


def set_by_code(session: Session, code: str) -> SetRow | None:
    """The set with a code."""
    row = session.scalars(select(ClauseSet).where(ClauseSet.code == code)).one_or_none()
    return _set_row(row) if row else None


def published_versions(session: Session, set_id: UUID) -> list[VersionRow]:
    """What was published of a set, the newest first."""
    statement = (
        select(ClauseVersion)
        .where(ClauseVersion.set_id == set_id, ClauseVersion.published_at.is_not(None))
        .order_by(ClauseVersion.version.desc())
    )
    return [_version_row(row) for row in session.scalars(statement)]


def clauses_by_version(session: Session, ids: Iterable[UUID]) -> dict[UUID, list[ClauseText]]:
    """The clauses of versions in their order, in one query."""
    wanted = list(ids)
    found: dict[UUID, list[ClauseText]] = {one: [] for one in wanted}
    statement = select(Clause).where(Clause.version_id.in_(wanted)).order_by(Clause.position)
    for row in session.scalars(statement):
        found[row.version_id].append(_clause_text(row))
    return found


def _clause_text(row: Clause) -> ClauseText:
    texts = _said(row, "text") | ({"khb": row.text_khb} if row.text_khb else {})
    return ClauseText(row.code, row.axis, row.pictogram, texts, _said(row, "plain"))
