"""A draft in clauses: written, pasted, begun from a model text; two drafters lose nothing.

Every save is kept. Who saves on words that somebody changed meanwhile gets hers laid aside in the
same transaction, so that a closed browser loses nothing either (decision 0051).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.conventions.models import (
    ClauseEdit,
    Convention,
    ConventionClause,
    DraftClause,
    Round,
)
from portal.conventions.queries.published import convention_by_id
from portal.conventions.queries.texts import (
    AsideRow,
    RoundRow,
    aside_by_id,
    clauses_in_draft,
    draft_clause,
)
from portal.conventions.rules.model_texts import model_texts
from portal.conventions.rules.pasting import clauses_in
from portal.conventions.rules.published import PublishRefusal
from portal.conventions.rules.texts import MOST_CLAUSES, EditState, TextRefusal, Topic, mark_of
from portal.conventions.rules.way import WRITING
from portal.conventions.service.rounds import round_here
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import new_id


@dataclass(frozen=True)
class ClauseWish:
    """What a clause is to say. ``words`` in the subset of Markdown."""

    heading: str
    words: str
    topic: Topic = Topic.OTHER


@dataclass(frozen=True)
class Saved:
    """Where a save went. ``aside``: the id of what lies aside, None when it stands."""

    aside: UUID | None = None


def _writing(session: Session, actor: Actor, number: str) -> RoundRow:
    """A round, locked, whose text this person may write now."""
    row = round_here(session, actor, number, lock=True)
    if row.state not in WRITING:
        raise Refused(TextRefusal.NOT_NOW)
    return row


def write_about(
    session: Session, actor: Actor, number: str, title: str, preamble: str, *, seen: str
) -> None:
    """Write the name and the introduction. ``seen``: the mark of the two that were read; what is
    saved of a clause meanwhile stands in nobody's way."""
    of = convention_by_id(session, round_here(session, actor, number).convention_id, lock=True)
    row = _writing(session, actor, number)
    if seen != mark_of(row.title, row.preamble or ""):
        raise Conflict(TextRefusal.GONE)
    if row.repeals and title != row.title:
        # everybody who is asked reads by it what a yes does
        raise Refused(PublishRefusal.NAME_STAYS, field="title")
    if row.base_version is None:
        # what is in force keeps its name until the revision is published
        session.execute(update(Convention).where(Convention.id == of.id).values(title=title))
    session.execute(
        update(Round).where(Round.id == row.id).values(title=title, preamble=preamble or None)
    )
    _count(session, row.id)


def add_clause(
    session: Session, actor: Actor, number: str, wish: ClauseWish, *, now: datetime
) -> None:
    """Put a clause behind the last."""
    put_behind(session, actor, _writing(session, actor, number), [wish], now)


def paste_text(session: Session, actor: Actor, number: str, text: str, *, now: datetime) -> int:
    """Cut a text into clauses and put them behind the last; how many they are."""
    row = _writing(session, actor, number)
    found = [ClauseWish(one.heading, one.words) for one in clauses_in(text)]
    if not found:
        raise Refused(TextRefusal.EMPTY, field="text")
    put_behind(session, actor, row, found, now)
    return len(found)


def begin_from_model(session: Session, actor: Actor, number: str, *, now: datetime) -> int:
    """Put the clauses of the kind's model text behind the last; how many they are."""
    row = _writing(session, actor, number)
    found = [ClauseWish(one.heading, one.words, one.topic) for one in model_texts()[row.kind]]
    put_behind(session, actor, row, found, now)
    return len(found)


def put_behind(
    session: Session, actor: Actor, row: RoundRow, wishes: Iterable[ClauseWish], now: datetime
) -> None:
    """Put clauses behind the last of a locked round."""
    wishes = list(wishes)
    there, last = clauses_in_draft(session, row.id)
    if there + len(wishes) > MOST_CLAUSES:
        raise Refused(TextRefusal.TOO_MANY, facts={"most": MOST_CLAUSES})
    kept = [
        ConventionClause(id=new_id(), convention_id=row.convention_id, made_at=now)
        for _ in wishes
    ]  # fmt: skip
    drafts = [
        DraftClause(
            id=new_id(), round_id=row.id, clause_id=clause.id, position=last + at,
            topic=wish.topic, heading=wish.heading, markdown=wish.words, revision=1,
            updated_at=now,
        )
        for at, (clause, wish) in enumerate(zip(kept, wishes, strict=True), 1)
    ]  # fmt: skip
    for rows in (kept, drafts):
        session.add_all(rows)
        # references are by key alone
        session.flush()
    for draft, wish in zip(drafts, wishes, strict=True):
        _keep(session, actor, draft.id, wish, 0, 1, now)
    _count(session, row.id)


def save_clause(
    session: Session, actor: Actor, number: str, clause_id: UUID, wish: ClauseWish, *,
    seen: int, now: datetime,
) -> Saved:  # fmt: skip
    """Write a clause anew. ``seen``: the revision that the drafter saw; when another one stands
    there, or the clause was taken out, her words lie aside."""
    row = _writing(session, actor, number)
    found = draft_clause(session, row.id, clause_id)
    if found is None:
        raise Missing
    if not _write(session, found.id, wish, seen, now):
        return Saved(_keep(session, actor, found.id, wish, seen, None, now))
    _keep(session, actor, found.id, wish, seen, seen + 1, now)
    _count(session, row.id)
    return Saved()


def _write(
    session: Session, draft_id: UUID, wish: ClauseWish, seen: int, now: datetime
) -> bool:  # fmt: skip
    statement = (
        update(DraftClause)
        .where(
            DraftClause.id == draft_id, DraftClause.revision == seen,
            DraftClause.removed_at.is_(None),
        )
        .values(
            heading=wish.heading, markdown=wish.words, topic=wish.topic, revision=seen + 1,
            updated_at=now,
        )
    )  # fmt: skip
    return changed_rows(session, statement) == 1


def aside_here(session: Session, actor: Actor, number: str, edit_id: UUID) -> AsideRow:
    """What lies aside in a round of one's own places."""
    row, found = round_here(session, actor, number), aside_by_id(session, edit_id)
    if found is None or found.round_id != row.id:
        raise Missing
    return found


def put_together(
    session: Session, actor: Actor, number: str, edit_id: UUID, wish: ClauseWish, *, seen: int,
    now: datetime,
) -> Saved:  # fmt: skip
    """Save what became of two texts; what lay aside is settled by it, if nobody was quicker."""
    aside = aside_here(session, actor, number, edit_id)
    if aside.state is not EditState.ASIDE:
        raise Conflict(TextRefusal.SETTLED)
    row = _writing(session, actor, number)
    there = draft_clause(session, row.id, aside.clause_id)
    if there is None or there.removed_at is not None:
        # the clause was taken out: her words become one of their own
        _settle(session, edit_id, EditState.MERGED, now)
        put_behind(session, actor, row, [wish], now)
        return Saved()
    saved = save_clause(session, actor, number, aside.clause_id, wish, seen=seen, now=now)
    # her newest words lie aside now, or stand
    _settle(session, edit_id, EditState.DROPPED if saved.aside else EditState.MERGED, now)
    return saved


def _settle(session: Session, edit_id: UUID, state: EditState, now: datetime) -> None:
    statement = update(ClauseEdit).where(
        ClauseEdit.id == edit_id, ClauseEdit.state == EditState.ASIDE
    )
    if not changed_rows(session, statement.values(state=state, settled_at=now)):
        raise Conflict(TextRefusal.SETTLED)


def take_out(
    session: Session, actor: Actor, number: str, clause_id: UUID, *, seen: int, now: datetime
) -> None:
    """Take a clause out. It stays in the database: whoever is writing on it loses nothing."""
    row = _writing(session, actor, number)
    statement = (
        update(DraftClause)
        .where(
            DraftClause.round_id == row.id, DraftClause.clause_id == clause_id,
            DraftClause.revision == seen, DraftClause.removed_at.is_(None),
        )
        .values(removed_at=now, revision=seen + 1, updated_at=now)
    )  # fmt: skip
    if not changed_rows(session, statement):
        raise Conflict(TextRefusal.GONE)
    _count(session, row.id)


def _keep(
    session: Session, actor: Actor, draft_id: UUID, wish: ClauseWish, seen: int,
    revision: int | None, now: datetime,
) -> UUID:  # fmt: skip
    """Keep what was typed; ``revision`` None: aside."""
    key = new_id()
    session.add(
        ClauseEdit(
            id=key, draft_id=draft_id, seen_revision=seen, revision=revision, heading=wish.heading,
            markdown=wish.words, state=EditState.SAVED if revision else EditState.ASIDE,
            actor_id=actor.person_id, at=now, settled_at=now if revision else None,
        )
    )  # fmt: skip
    return key


def _count(session: Session, round_id: UUID) -> None:
    """Every change of a text counts: a review and a vote name the revision they are of."""
    session.execute(
        update(Round).where(Round.id == round_id).values(revision=Round.revision + 1)
    )  # fmt: skip
