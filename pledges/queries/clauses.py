"""Clause sets, their versions and clauses, as they are read."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import false, or_, select
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


@dataclass(frozen=True)
class DeskSet:
    """A set with all its versions, the newest first. ``draft``: the one that nobody else sees."""

    row: SetRow
    published: list[VersionRow]
    draft: VersionRow | None

    def current(self, today: date) -> VersionRow | None:
        """What counts on a day."""
        return next((one for one in self.published if one.effective_from <= today), None)


def sets_in(
    session: Session, places: Collection[str] | None, code: str | None = None
) -> list[DeskSet]:
    """The sets of somebody's places, or one of them: two queries, however many there are."""
    statement = select(ClauseSet).order_by(ClauseSet.letter, ClauseSet.extra, ClauseSet.code)
    if places is not None:
        paths = (ClauseSet.place_path.startswith(one, autoescape=True) for one in places)
        statement = statement.where(or_(false(), *paths))
    if code is not None:
        statement = statement.where(ClauseSet.code == code)
    sets = session.scalars(statement).all()
    versions: dict[UUID, list[VersionRow]] = {row.id: [] for row in sets}
    found = select(ClauseVersion).where(ClauseVersion.set_id.in_(versions))
    for row in session.scalars(found.order_by(ClauseVersion.version.desc())):
        versions[row.set_id].append(_version_row(row))
    return [_desk_set(row, versions[row.id]) for row in sets]


def _desk_set(row: ClauseSet, versions: list[VersionRow]) -> DeskSet:
    draft = next((one for one in versions if one.published_at is None), None)
    return DeskSet(_set_row(row), [one for one in versions if one.published_at is not None], draft)


def rivals_of(session: Session, row: SetRow, on: date) -> list[SetRow]:
    """Other main texts that count for exactly the same places on a day or are announced."""
    published = select(ClauseVersion.set_id).where(ClauseVersion.published_at.is_not(None))
    statement = (
        select(ClauseSet)
        .where(
            ClauseSet.id != row.id, ClauseSet.extra.is_(False), ClauseSet.letter == row.letter,
            ClauseSet.place_path == row.place_path, ClauseSet.kind.is_not_distinct_from(row.kind),
            ClauseSet.trade.is_not_distinct_from(row.trade), ClauseSet.id.in_(published),
            or_(ClauseSet.ended_on.is_(None), ClauseSet.ended_on > on),
        )
        .order_by(ClauseSet.code)
    )  # fmt: skip
    return [] if row.extra else [_set_row(one) for one in session.scalars(statement)]
