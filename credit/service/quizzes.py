"""Things to learn: written in drafts, published in versions, answered by anybody (L5)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from credit.models import QuizVersion
from credit.queries.accounts import consents
from credit.queries.entries import EntryRow, award_of_source
from credit.queries.quizzes import QuizRow, quiz_in_use, quiz_versions
from credit.queries.waiting import waits_by_source
from credit.rules.kinds import Party
from credit.rules.quizzes import (
    FACT,
    LANGUAGES,
    MAIN,
    PASS_PERCENT,
    Answers,
    BadSheets,
    Grade,
    QuizRefusal,
    grade,
    read_sheet,
    read_sheets,
)
from credit.service.facts import Holder, record_fact
from credit.service.sources import hash_source
from portal.accounts.models import Person
from portal.accounts.rules import Actor, Permission
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of


@dataclass(frozen=True)
class QuizWish:
    """A version as somebody typed it: a sheet for each language, and when it is offered."""

    typed: Mapping[str, str]
    valid_from: date
    valid_to: date | None = None


def write_quiz(session: Session, actor: Actor, wish: QuizWish, *, now: datetime) -> str:
    """Begin something new to learn; its number."""
    _may(actor)
    number = new_number()
    _insert(session, number, 1, wish, now, writer=actor.person_id)
    _note(session, actor, "quiz:write", number, now)
    return number


def change_quiz(
    session: Session, actor: Actor, number: str, seen: tuple[int, int], wish: QuizWish,
    *, now: datetime,
) -> None:  # fmt: skip
    """Write the draft anew; of a published version, begin the draft of the next.

    ``seen``: version and revision that the writer saw. What was published stays as it is.
    """
    _may(actor)
    row = _newest(session, number)
    if (row.version, row.revision) != seen:
        raise Conflict(QuizRefusal.CHANGED)
    if not row.draft:
        _insert(session, number, row.version + 1, wish, now, writer=actor.person_id)
    else:
        values = {**_content(wish), "written_at": now, "written_by": actor.person_id}
        _change_draft(session, row, {**values, "revision": row.revision + 1})
    _note(session, actor, "quiz:write", number, now)


def publish_quiz(
    session: Session, actor: Actor, number: str, seen: tuple[int, int], *, now: datetime
) -> None:
    """Publish the draft; the version before it ends in the same moment."""
    _may(actor)
    row = _newest(session, number)
    if not row.draft or (row.version, row.revision) != seen:
        raise Conflict(QuizRefusal.CHANGED)
    _end(session, number, now)
    _change_draft(session, row, {"published_at": now, "published_by": actor.person_id})
    _note(session, actor, "quiz:publish", number, now)


def end_quiz(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Offer it no more. Versions stay readable for those who answered them."""
    _may(actor)
    _newest(session, number)
    if _end(session, number, now):
        _note(session, actor, "quiz:end", number, now)


def _may(actor: Actor) -> None:
    if not actor.may(Permission.QUIZ_MANAGE):
        raise Forbidden


def _newest(session: Session, number: str) -> QuizRow:
    versions = quiz_versions(session, number)
    if not versions:
        raise Missing
    return versions[0]


def _content(wish: QuizWish) -> dict[str, object]:
    """The columns of a version's content. Raises Refused beside the sheet that is wrong."""
    if wish.valid_to is not None and wish.valid_to < wish.valid_from:
        raise Refused(QuizRefusal.BAD_DAYS, field="valid_to")
    typed = {key: wish.typed.get(key, "").strip() for key in LANGUAGES}
    try:
        read_sheets(typed)
    except BadSheets as bad:
        facts = {"at": bad.why.at} if bad.why.at else {}
        raise Refused(bad.why.code, field=f"sheet_{bad.language.lower()}", facts=facts) from bad
    kept = {language: text for language, text in typed.items() if text}
    return {
        "sheets": json.dumps(kept, ensure_ascii=False, sort_keys=True),
        "valid_from": wish.valid_from,
        "valid_to": wish.valid_to,
    }


def _insert(
    session: Session, number: str, version: int, wish: QuizWish, now: datetime,
    *, writer: UUID | None, list_name: str | None = None,
) -> UUID:  # fmt: skip
    """A new draft. Of two who begin one at once one is told to look again."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    made = (
        dialect.insert(QuizVersion)
        .values(
            id=new_id(), number=number, version=version, revision=1, written_at=now,
            written_by=writer, list_name=list_name, answered=0, passed=0, **_content(wish),
        )
        .on_conflict_do_nothing()
        .returning(QuizVersion.id)
    )  # fmt: skip
    found: UUID | None = session.scalar(made)
    if found is None:
        raise Conflict(QuizRefusal.CHANGED)
    return found


def _change_draft(session: Session, row: QuizRow, values: Mapping[str, object]) -> None:
    """Change a draft as it was seen; a published version is never met by this."""
    draft = update(QuizVersion).where(
        QuizVersion.id == row.id,
        QuizVersion.published_at.is_(None),
        QuizVersion.revision == row.revision,
    )
    if changed_rows(session, draft.values(**values)) != 1:
        raise Conflict(QuizRefusal.CHANGED)


def _end(session: Session, number: str, now: datetime) -> bool:
    in_use = update(QuizVersion).where(
        QuizVersion.number == number,
        QuizVersion.published_at.is_not(None),
        QuizVersion.ended_at.is_(None),
    )
    return changed_rows(session, in_use.values(ended_at=now)) == 1


def _note(session: Session, actor: Actor, action: str, number: str, now: datetime) -> None:
    note_action(session, at=now, actor_id=actor.person_id, action=action, subject=f"quiz:{number}")


def pass_percent(session: Session) -> int:
    """How much of a hundred must be right; a threshold of the city."""
    return int(instance_of(session).city.thresholds.get("quiz_pass_percent", PASS_PERCENT))


def quiz_here(session: Session, number: str, now: datetime) -> QuizRow:
    """What is offered now under a number; Missing otherwise."""
    row = quiz_in_use(session, number)
    if row is None or not row.open_on(city_day(now, instance_of(session).city.zone)):
        raise Missing
    return row


def answer_quiz(
    session: Session, number: str, version: int, answers: Answers, person_id: UUID | None,
    *, now: datetime,
) -> Grade:  # fmt: skip
    """Grade answers. Who passed for the first time earns what the rules say, if she wants points.

    Nothing of the answers is kept; how often a version was answered and passed is counted.
    """
    row = quiz_here(session, number, now)
    if row.version != version:
        raise Conflict(QuizRefusal.CHANGED)
    graded = grade(read_sheet(row.typed[MAIN]), answers, pass_percent(session))
    counted = update(QuizVersion).where(QuizVersion.id == row.id, QuizVersion.ended_at.is_(None))
    values = {
        "answered": QuizVersion.answered + 1,
        "passed": QuizVersion.passed + int(graded.passed),
    }
    if changed_rows(session, counted.values(values)) != 1:
        raise Conflict(QuizRefusal.CHANGED)
    if graded.passed and person_id is not None:
        _earn(session, source_of(row), person_id, now)
    return graded


def source_of(row: QuizRow) -> str:
    """What the ledger calls it: each version earns by itself."""
    return f"quiz:{row.number}@{row.version}"


def _earn(session: Session, source: str, person_id: UUID, now: datetime) -> None:
    """Points in the first district where she agreed to an account; once in the whole city."""
    # two answers of hers take turns, or each would find that the other earned nothing yet
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    # what waits for a halted ledger is looked at first: a job takes it out in the same transaction
    # in which it becomes an award, so one of the two is seen, and it is earned in one district only
    if waits_by_source(session, list(_keys(session, source, person_id).values())):
        return
    if _earned(session, source, person_id) is not None:
        return
    for district in instance_of(session).city.roots:
        if consents(session, district, person_id):
            record_fact(
                session, district=district, fact=FACT, source=source,
                holder=Holder.person(person_id), happened_at=now, now=now,
            )  # fmt: skip
            return


def _earned(session: Session, source: str, person_id: UUID) -> EntryRow | None:
    """What a version has earned her, in whichever district."""
    for district, key in _keys(session, source, person_id).items():
        if found := award_of_source(session, district, key):
            return found
    return None


def _keys(session: Session, source: str, person_id: UUID) -> dict[str, bytes]:
    """By district, what the ledger would know it by."""
    return {
        district: hash_source(session, district, FACT, source, Party.PERSON, person_id)
        for district in instance_of(session).city.roots
    }


@dataclass(frozen=True)
class Earned:
    """Whether points can be earned by somebody, and what one version has earned her."""

    wanted: bool
    points: int = 0
    at: datetime | None = None


def earned_by(session: Session, row: QuizRow, person_id: UUID | None) -> Earned:
    """What somebody earned by a version."""
    if person_id is None:
        return Earned(wanted=False)
    roots = instance_of(session).city.roots
    if not any(consents(session, district, person_id) for district in roots):
        return Earned(wanted=False)
    found = _earned(session, source_of(row), person_id)
    return Earned(True, found.amount or 0, found.at) if found else Earned(wanted=True)


def plant_quiz(
    session: Session, number: str | None, name: str, wish: QuizWish, *, now: datetime
) -> str:
    """Publish what a list says as the next version of what it said before. Raises Refused."""
    _content(wish)
    versions = quiz_versions(session, number) if number else []
    version = versions[0].version + 1 if versions else 1
    if versions and versions[0].draft:
        # somebody is writing: what she publishes is newer than the list
        return versions[0].number
    found = number or new_number()
    made = _insert(session, found, version, wish, now, writer=None, list_name=name)
    _end(session, found, now)
    session.execute(
        update(QuizVersion)
        .where(QuizVersion.id == made)
        .values(published_at=now)
        .execution_options(synchronize_session=False)
    )
    return found
