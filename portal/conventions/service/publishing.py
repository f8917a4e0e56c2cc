"""Publication: what was adopted becomes a version, sealed, that no letter changes any more."""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from credit.rules.canonical import canonical
from credit.rules.kinds import Kind
from credit.service import Details, Rejected, seal_statement
from portal.accounts.rules import Actor
from portal.areas.rules import codes_of
from portal.conventions.models import (
    Convention,
    ConventionVersion,
    Reading,
    Round,
    RoundEvent,
    VersionClause,
    VersionScript,
)
from portal.conventions.queries.published import (
    ConventionRow,
    carried_vote,
    convention_by_id,
    newest_number,
    scripts_of_draft,
)
from portal.conventions.queries.texts import RoundRow, draft_of
from portal.conventions.queries.votes import VoteRow, text_digest
from portal.conventions.rules.published import (
    EndWay,
    Published,
    PublishRefusal,
    content_of_version,
    flaw_of_days,
    review_day,
)
from portal.conventions.rules.texts import ClauseText
from portal.conventions.rules.way import Move, RoundState, WayRefusal, state_after
from portal.conventions.service.rounds import round_here
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of


@dataclass(frozen=True)
class PublishWish:
    """From which day a text counts, and when it is to be looked at again. ``review_on`` None: as
    the rule of its kind says."""

    effective_from: date
    review_on: date | None = None


def publish_version(
    session: Session, actor: Actor, number: str, wish: PublishWish, *, now: datetime
) -> int:
    """Publish what was adopted; the number of the version. Its hash goes into the ledger in the
    same transaction."""
    of = convention_by_id(session, round_here(session, actor, number).convention_id, lock=True)
    row = round_here(session, actor, number, lock=True)
    to = state_after(row.rule, row.state, Move.PUBLISH)
    if to is None:
        raise Conflict(PublishRefusal.NOT_NOW)
    vote = _vote(session, row)
    made = _version(session, of, row, vote, wish, now)
    made.published_by = actor.person_id
    clauses = _clauses(session, row)
    made.digest, made.entry_id = _seal(session, of, row, made, vote, clauses, now)
    session.add(made)
    # clauses refer to it by its key alone
    session.flush()
    _keep(session, made, clauses)
    if row.reading:
        reading = Reading(
            version_id=made.id, markdown=row.reading, at=now, written_by=actor.person_id
        )  # fmt: skip
        session.add(reading)
    _change(session, actor, of, row, made, now)
    take_step(session, actor, row, Move.PUBLISH, to, now)
    note_action(
        session, at=now, actor_id=actor.person_id, action="convention:publish",
        subject=f"convention:{of.number}:{made.version}",
    )  # fmt: skip
    return made.version


def _change(
    session: Session, actor: Actor, of: ConventionRow, row: RoundRow, made: ConventionVersion,
    now: datetime,
) -> None:  # fmt: skip
    """A text gives the convention its name; a decision to repeal ends it, from its own day on."""
    values: dict[str, Any] = {"title": row.title}
    if row.repeals:
        values = {
            "ended_on": made.effective_from, "ended_way": EndWay.VOTE, "ended_why": row.title
        }  # fmt: skip
        note_action(
            session, at=now, actor_id=actor.person_id, action="convention:end",
            subject=f"convention:{of.number}",
        )  # fmt: skip
    session.execute(update(Convention).where(Convention.id == of.id).values(values))


def _vote(session: Session, row: RoundRow) -> VoteRow:
    """The vote behind it. What is published is what was voted on, letter by letter."""
    vote = carried_vote(session, row.id)
    if vote is None or vote.text_digest != text_digest(session, row):
        raise Conflict(PublishRefusal.NO_VOTE)
    return vote


def adopted_day(session: Session, vote: VoteRow) -> date:
    """The day of a vote's result, in the city."""
    if vote.decided_at is None:
        raise Conflict(PublishRefusal.NO_VOTE)
    return city_day(vote.decided_at, instance_of(session).city.zone)


def _version(
    session: Session, of: ConventionRow, row: RoundRow, vote: VoteRow, wish: PublishWish,
    now: datetime,
) -> ConventionVersion:  # fmt: skip
    adopted = adopted_day(session, vote)
    review_on = wish.review_on or review_day(row.rule, wish.effective_from)
    if row.repeals:
        # nobody looks again at what has ended
        review_on = None
    today = city_day(now, instance_of(session).city.zone)
    flaw = flaw_of_days(adopted, wish.effective_from, review_on, today)
    if flaw is not None:
        field = "review_on" if flaw is PublishRefusal.REVIEW_DAY else "effective_from"
        raise Refused(flaw, field=field)
    return ConventionVersion(
        id=new_id(), convention_id=of.id, round_id=row.id,
        version=newest_number(session, of.id) + 1, title=row.title, preamble=row.preamble,
        adopted_on=adopted, effective_from=wish.effective_from, review_on=review_on,
        published_at=now,
    )  # fmt: skip


def _clauses(session: Session, row: RoundRow) -> list[ClauseText]:
    scripts = scripts_of_draft(session, row.id)
    return [
        ClauseText(
            str(one.clause_id), one.heading, one.markdown, one.topic,
            {key.value: said.markdown for key, said in scripts.get(one.clause_id, {}).items()},
        )
        for one in draft_of(session, row.id)
    ]  # fmt: skip


def _seal(
    session: Session, of: ConventionRow, row: RoundRow, made: ConventionVersion, vote: VoteRow,
    clauses: list[ClauseText], now: datetime,
) -> tuple[str, UUID]:  # fmt: skip
    content = content_of_version(
        Published(
            of.number, of.kind.value, made.version, made.title, made.preamble or "",
            made.adopted_on, made.effective_from, made.review_on, vote.number, vote.text_digest,
            clauses, repeals=row.repeals,
        )
    )  # fmt: skip
    digest, entry_id = sha256(canonical(content)).digest(), new_id()
    outcome = seal_statement(
        session, district=codes_of(of.place_path)[0], entry_id=entry_id,
        kind=Kind.CONVENTION_PUBLISHED, digest=digest,
        details=Details(f"convention:{of.number}:{made.version}"), now=now,
    )  # fmt: skip
    if isinstance(outcome, Rejected):
        # the ledger stands still: the text waits with it
        raise Conflict(outcome.code)
    return digest.hex(), entry_id


def _keep(session: Session, made: ConventionVersion, clauses: list[ClauseText]) -> None:
    """The clauses and their scripts as they stand now."""
    session.add_all(
        VersionClause(
            version_id=made.id,
            clause_id=UUID(one.key),
            position=at,
            topic=one.topic,
            heading=one.heading,
            markdown=one.words,
        )
        for at, one in enumerate(clauses, 1)
    )
    session.add_all(
        VersionScript(version_id=made.id, clause_id=UUID(one.key), script=script, markdown=words)
        for one in clauses
        for script, words in one.scripts.items()
    )


def take_step(
    session: Session, actor: Actor, row: RoundRow, move: Move, to: RoundState, now: datetime
) -> None:
    """Move a locked round by what was done to it. Raises Conflict when another was first."""
    statement = (
        update(Round)
        .where(Round.id == row.id, Round.state == row.state)
        .values(state=to, until=None, ended_at=now if to is RoundState.PUBLISHED else None)
    )
    if not changed_rows(session, statement):
        raise Conflict(WayRefusal.MOVED_ON)
    session.add(
        RoundEvent(
            round_id=row.id, move=move, to=to, actor_id=actor.person_id, reason=None, at=now
        )
    )  # fmt: skip
