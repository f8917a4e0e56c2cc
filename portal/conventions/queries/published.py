"""Published versions with their clauses, scripts, readings, filing and the vote behind them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from credit.rules.canonical import Json, canonical
from portal.conventions.models import (
    Convention,
    ConventionFiling,
    ConventionVersion,
    DraftClause,
    DraftScript,
    Reading,
    Round,
    VersionClause,
    VersionScript,
    Vote,
)
from portal.conventions.queries.votes import VoteRow, vote_by_number
from portal.conventions.rules.counting import Outcome
from portal.conventions.rules.kinds import Kind
from portal.conventions.rules.published import EndWay, Published, content_of_version
from portal.conventions.rules.texts import ClauseText, Script
from portal.conventions.rules.way import RoundState


@dataclass(frozen=True)
class ConventionRow:
    """A convention, whatever of it is published."""

    id: UUID
    number: str
    kind: Kind
    area_id: UUID
    place_path: str
    covers: str | None
    title: str
    made_at: datetime
    ended_on: date | None
    ended_way: EndWay | None
    ended_why: str | None

    def has_ended(self, day: date) -> bool:
        """Whether it counts no more on a day; a repeal may still lie ahead."""
        return self.ended_on is not None and self.ended_on <= day


_CONVENTION = (
    Convention.id, Convention.number, Convention.kind, Convention.area_id, Convention.place_path,
    Convention.covers, Convention.title, Convention.made_at, Convention.ended_on,
    Convention.ended_way, Convention.ended_why,
)  # fmt: skip


def convention_by_number(
    session: Session, number: str, *, lock: bool = False
) -> ConventionRow | None:
    """The convention with a number."""
    statement = select(*_CONVENTION).where(Convention.number == number)
    row = session.execute(statement.with_for_update() if lock else statement).one_or_none()
    return ConventionRow(*row) if row else None


def convention_by_id(
    session: Session, convention_id: UUID, *, lock: bool = False
) -> ConventionRow:  # fmt: skip
    """The convention that a round is of."""
    statement = select(*_CONVENTION).where(Convention.id == convention_id)
    row = session.execute(statement.with_for_update() if lock else statement).one()
    return ConventionRow(*row)


@dataclass(frozen=True)
class VersionRow:
    """A version. ``number``: of its convention; with ``version`` it is its address for ever."""

    id: UUID
    convention_id: UUID
    round_id: UUID
    number: str
    round_number: str
    kind: Kind
    kind_version: int
    area_id: UUID
    place_path: str
    covers: str | None
    version: int
    title: str
    preamble: str | None
    adopted_on: date
    effective_from: date
    review_on: date | None
    published_at: datetime
    digest: str
    entry_id: UUID | None
    ended_on: date | None
    repeals: bool


def _versions() -> Select[*tuple[Any, ...]]:
    v = ConventionVersion
    return (
        select(
            v.id, v.convention_id, v.round_id, Convention.number, Round.number, Convention.kind,
            Round.kind_version, Convention.area_id, Convention.place_path, Convention.covers,
            v.version, v.title, v.preamble, v.adopted_on, v.effective_from, v.review_on,
            v.published_at, v.digest, v.entry_id, Convention.ended_on, Round.repeals,
        )
        .join(Convention, Convention.id == v.convention_id)
        .join(Round, Round.id == v.round_id)
    )  # fmt: skip


def versions_of(session: Session, convention_id: UUID) -> list[VersionRow]:
    """Every version of a convention, the newest first."""
    statement = _versions().where(ConventionVersion.convention_id == convention_id)
    found = session.execute(statement.order_by(ConventionVersion.version.desc()))
    return [VersionRow(*row) for row in found]


def version_by_number(session: Session, number: str, version: int) -> VersionRow | None:
    """A version by its address."""
    statement = _versions().where(Convention.number == number, ConventionVersion.version == version)
    row = session.execute(statement).one_or_none()
    return VersionRow(*row) if row else None


def in_force(versions: Iterable[VersionRow], day: date) -> VersionRow | None:
    """What counts on a day: the newest version that has begun, unless the whole has ended."""
    return next(
        (one for one in versions
         if one.effective_from <= day and (one.ended_on is None or day < one.ended_on)),
        None,
    )  # fmt: skip


def version_of_round(session: Session, round_id: UUID) -> int | None:
    """The number of the version that a round published; None when it has published none."""
    return session.scalar(
        select(ConventionVersion.version).where(ConventionVersion.round_id == round_id)
    )


def newest_number(session: Session, convention_id: UUID) -> int:
    """The number of the newest version; 0 when nothing was published."""
    statement = select(func.max(ConventionVersion.version)).where(
        ConventionVersion.convention_id == convention_id
    )
    return session.scalar(statement) or 0


def clauses_of_versions(
    session: Session, ids: Iterable[UUID]
) -> dict[UUID, list[ClauseText]]:  # fmt: skip
    """The clauses of versions in their order, each with its scripts, in two queries."""
    wanted = list(ids)
    scripts = dict[tuple[UUID, UUID], dict[str, str]]()
    s, c = VersionScript, VersionClause
    for one in session.scalars(select(s).where(s.version_id.in_(wanted))):
        scripts.setdefault((one.version_id, one.clause_id), {})[one.script] = one.markdown
    found = dict[UUID, list[ClauseText]]((key, []) for key in wanted)
    rows = select(c).where(c.version_id.in_(wanted)).order_by(c.version_id, c.position)
    for row in session.scalars(rows):
        said = scripts.get((row.version_id, row.clause_id), {})
        found[row.version_id].append(
            ClauseText(str(row.clause_id), row.heading, row.markdown, row.topic, said)
        )
    return found


@dataclass(frozen=True)
class ScriptRow:
    """What a clause of a draft says in another script, and which revision it follows."""

    markdown: str
    revision: int


def scripts_of_draft(session: Session, round_id: UUID) -> dict[UUID, dict[Script, ScriptRow]]:
    """What the clauses of a draft say in other scripts, by clause."""
    found = dict[UUID, dict[Script, ScriptRow]]()
    s = DraftScript
    rows = session.execute(
        select(DraftClause.clause_id, s.script, s.markdown, s.revision)
        .join(s, s.draft_id == DraftClause.id)
        .where(DraftClause.round_id == round_id)
        .order_by(s.script)
    )
    for row in rows:
        found.setdefault(row.clause_id, {})[Script(row.script)] = ScriptRow(*row[2:])
    return found


@dataclass(frozen=True)
class FilingRow:
    """That a text was filed for record."""

    due_on: date | None
    filed_with: str | None
    filing_number: str | None
    filed_on: date | None
    document_key: str | None


def filing_of(session: Session, round_id: UUID) -> FilingRow | None:
    """The filing of a round's text; None while it is not filed."""
    f = ConventionFiling
    statement = select(f.due_on, f.filed_with, f.filing_number, f.filed_on, f.document_key)
    row = session.execute(statement.where(f.round_id == round_id)).one_or_none()
    return FilingRow(*row) if row else None


def carried_vote(session: Session, round_id: UUID) -> VoteRow | None:
    """The vote that adopted a round's text."""
    statement = select(Vote.number).where(
        Vote.round_id == round_id, Vote.outcome == Outcome.CARRIED
    )
    number = session.scalars(statement.order_by(Vote.decided_at.desc()).limit(1)).first()
    return vote_by_number(session, number) if number else None


def content_of_row(session: Session, row: VersionRow) -> dict[str, Json] | None:
    """A version as it was hashed, from what is kept; None when no vote stands behind it."""
    vote = carried_vote(session, row.round_id)
    if vote is None:
        return None
    kept = Published(
        row.number, row.kind.value, row.version, row.title, row.preamble or "",
        row.adopted_on, row.effective_from, row.review_on, vote.number, vote.text_digest,
        clauses_of_versions(session, [row.id])[row.id], repeals=row.repeals,
    )  # fmt: skip
    # the first decisions to repeal were sealed without saying that they are one
    for content in map(content_of_version, (replace(kept, repeals=False), kept)):
        if sha256(canonical(content)).hexdigest() == row.digest:
            return content
    return content_of_version(kept)


@dataclass(frozen=True)
class ReadingRow:
    """A plain reading as it was written at a moment."""

    markdown: str
    at: datetime


def readings_of(session: Session, version_id: UUID) -> list[ReadingRow]:
    """The readings of a version, the newest first."""
    statement = select(Reading.markdown, Reading.at).where(Reading.version_id == version_id)
    return [ReadingRow(*row) for row in session.execute(statement.order_by(Reading.id.desc()))]


@dataclass(frozen=True)
class DueRow:
    """A version whose review nears."""

    convention_id: UUID
    number: str
    version: int
    title: str
    place_path: str
    review_on: date


def reviews_due(session: Session, until: date) -> list[DueRow]:
    """The newest versions to be looked at again by a day, of which nobody was told yet and no
    revision has begun."""
    v, newer = ConventionVersion, aliased(ConventionVersion)
    statement: Select[*tuple[Any, ...]] = (
        select(Convention.id, Convention.number, v.version, v.title, Convention.place_path,
               v.review_on)
        .join(Convention, Convention.id == v.convention_id)
        .where(
            v.review_on <= until, Convention.ended_on.is_(None),
            or_(Convention.reminded_of.is_(None), Convention.reminded_of != v.version),
            ~exists().where(newer.convention_id == v.convention_id, newer.version > v.version),
            ~exists().where(Round.convention_id == v.convention_id, Round.ended_at.is_(None)),
        )
        .order_by(v.review_on)
    )  # fmt: skip
    return [DueRow(*row) for row in session.execute(statement)]


def open_round(session: Session, convention_id: UUID) -> str | None:
    """The number of the round that is under way; None when there is none."""
    return session.scalar(
        select(Round.number).where(Round.convention_id == convention_id, Round.ended_at.is_(None))
    )


def last_sequence(session: Session, convention_id: UUID) -> int:
    """The number of the newest round of a convention, published, given up or under way."""
    statement = select(func.max(Round.sequence)).where(Round.convention_id == convention_id)
    return session.scalar(statement) or 0


@dataclass(frozen=True)
class RoundLine:
    """A round in the history of a convention."""

    number: str
    sequence: int
    state: RoundState
    started_at: datetime
    ended_at: datetime | None
    repeals: bool


def rounds_of(session: Session, convention_id: UUID) -> list[RoundLine]:
    """Every round of a convention, the newest first; those given up too."""
    statement = select(
        Round.number, Round.sequence, Round.state, Round.started_at, Round.ended_at, Round.repeals
    ).where(Round.convention_id == convention_id)
    return [RoundLine(*row) for row in session.execute(statement.order_by(Round.sequence.desc()))]
