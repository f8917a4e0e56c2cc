"""What stands beside a text and never counts: other scripts, and a plain reading (R106)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.conventions.models import DraftScript, Reading, Round
from portal.conventions.queries.published import (
    VersionRow,
    readings_of,
    scripts_of_draft,
    version_by_number,
    version_of_round,
)
from portal.conventions.queries.texts import RoundRow, draft_clause
from portal.conventions.rules.published import PublishRefusal
from portal.conventions.rules.texts import Script, TextRefusal, mark_of
from portal.conventions.rules.way import RUNNING, WayRefusal
from portal.conventions.service.rounds import MANAGE, round_here
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number


def _running(session: Session, actor: Actor, number: str) -> RoundRow:
    """A round, locked, that is not published yet: a translation may come after the vote. Some
    kinds are filed after they were published; what is written then would stand nowhere."""
    row = round_here(session, actor, number, lock=True)
    if row.state not in RUNNING:
        raise Refused(TextRefusal.NOT_NOW)
    if version_of_round(session, row.id) is not None:
        raise Refused(PublishRefusal.PUBLISHED)
    return row


def write_script(
    session: Session, actor: Actor, number: str, clause_id: UUID, script: Script, words: str, *,
    seen: str,
) -> None:  # fmt: skip
    """Write a clause in another script; no words take it away. ``seen``: the mark of what stood
    there, so that nobody writes over another's."""
    row = _running(session, actor, number)
    clause = draft_clause(session, row.id, clause_id)
    if clause is None or clause.removed_at is not None:
        raise Missing
    old = scripts_of_draft(session, row.id).get(clause_id, {}).get(script)
    if seen != mark_of(old.markdown if old else ""):
        raise Conflict(WayRefusal.MOVED_ON, field="words")
    session.execute(
        delete(DraftScript).where(
            DraftScript.draft_id == clause.id, DraftScript.script == script.value
        )
    )
    if words.strip():
        session.add(
            DraftScript(
                draft_id=clause.id, script=script.value, markdown=words, revision=clause.revision
            )
        )


def write_reading(session: Session, actor: Actor, number: str, words: str, *, seen: str) -> None:
    """Write the reading that will be published beside a text. ``seen``: the mark of what stood."""
    row = _running(session, actor, number)
    if seen != mark_of(row.reading or ""):
        raise Conflict(WayRefusal.MOVED_ON, field="words")
    session.execute(update(Round).where(Round.id == row.id).values(reading=words.strip() or None))


def version_here(session: Session, actor: Actor, number: str, version: int) -> VersionRow:
    """A version of the places that somebody looks after; any other is Missing."""
    row = version_by_number(session, clean_number(number) or "", version)
    if row is None or not actor.may(MANAGE, place_path=row.place_path):
        raise Missing
    return row


def add_reading(
    session: Session, actor: Actor, number: str, version: int, words: str, *, now: datetime
) -> None:
    """Write a new reading of what is published; the older ones stay to be read."""
    row = version_here(session, actor, number, version)
    known = readings_of(session, row.id)
    if known and known[0].markdown == words:
        raise Refused(PublishRefusal.SAME_TEXT, field="words")
    session.add(
        Reading(version_id=row.id, markdown=words, at=now, written_by=actor.person_id)
    )  # fmt: skip
