"""Prepared words for answers: kept by the desk of a place or by a unit, in versions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.queries import ancestors
from portal.kernel.audit import note_action
from portal.kernel.city import LANGUAGES
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number, new_number
from portal.kernel.instance import instance_of
from portal.reports.models import Category, ReplyTemplate
from portal.reports.queries.case import CaseRow
from portal.reports.queries.replies import ReplyRow, replies_for, reply_versions
from portal.reports.rules.codes import Event
from portal.reports.rules.exchange import is_canned
from portal.reports.rules.replies import (
    ANSWERS,
    MOST_TITLE,
    MOST_WORDS,
    STEPS,
    Blank,
    ReplyRefusal,
    filled,
    unknown_blanks,
)
from portal.reports.service.exchange.maps import canned_replies


@dataclass(frozen=True)
class ReplyWish:
    """Prepared words as somebody wants them. Of a unit, or for a place."""

    title: str
    words: str
    step: str
    language: str
    category: str | None = None
    unit_id: UUID | None = None
    place_path: str | None = None


@dataclass(frozen=True)
class Keeper:
    """For whom somebody keeps words. ``places`` None: everywhere."""

    person_id: UUID | None
    units: tuple[UUID, ...]
    places: tuple[str, ...] | None

    @property
    def nothing(self) -> bool:
        """Whether there is nobody for whom she keeps words."""
        return not self.units and self.places == ()

    def keeps(self, unit_id: UUID | None, place_path: str | None) -> bool:
        if unit_id is not None:
            return unit_id in self.units
        if place_path is None:
            return False
        return self.places is None or any(place_path.startswith(place) for place in self.places)


def keeper_of(actor: Actor) -> Keeper:
    """The desk keeps words for its places, a handling unit for itself."""
    return Keeper(
        actor.person_id,
        actor.organisations_for(Permission.REPORT_HANDLE),
        actor.places_for(Permission.REPORT_DISPATCH),
    )


def add_reply(session: Session, keeper: Keeper, wish: ReplyWish, *, now: datetime) -> str:
    """New prepared words; their code."""
    _check(session, keeper, wish)
    code = new_number()
    session.add(_row(keeper, wish, code, 1, now))
    _note(session, keeper, "reply:add", code, now)
    return code


def change_reply(
    session: Session, keeper: Keeper, code: str, seen: int, wish: ReplyWish, *, now: datetime
) -> str:
    """A further version; the one before is kept, and no longer offered."""
    before = reply_here(session, keeper, code)
    _end(session, before, seen, keeper, now)
    _check(session, keeper, wish)
    session.add(_row(keeper, wish, before.code, before.version + 1, now))
    _note(session, keeper, "reply:change", before.code, now)
    return before.code


def end_reply(session: Session, keeper: Keeper, code: str, seen: int, *, now: datetime) -> None:
    """Not offered any more; what was written with them stays, and they can be read."""
    before = reply_here(session, keeper, code)
    _end(session, before, seen, keeper, now)
    _note(session, keeper, "reply:end", before.code, now)


def reply_here(session: Session, keeper: Keeper, code: str) -> ReplyRow:
    """The newest version, for whoever keeps it; Missing for everybody else."""
    versions = reply_versions(session, clean_number(code) or "")
    if not versions or not keeper.keeps(versions[0].unit_id, versions[0].place_path):
        raise Missing
    return versions[0]


def _end(session: Session, row: ReplyRow, seen: int, keeper: Keeper, now: datetime) -> None:
    """Of two who change the same version at once one is told to look again."""
    ended = update(ReplyTemplate).where(
        ReplyTemplate.code == row.code,
        ReplyTemplate.version == seen,
        ReplyTemplate.ended_at.is_(None),
    )
    if changed_rows(session, ended.values(ended_at=now, ended_by=keeper.person_id)) != 1:
        raise Conflict(ReplyRefusal.CHANGED)


def _row(keeper: Keeper, wish: ReplyWish, code: str, version: int, now: datetime) -> ReplyTemplate:
    return ReplyTemplate(
        code=code,
        version=version,
        unit_id=wish.unit_id,
        place_path=wish.place_path,
        step=Event(wish.step),
        category_code=wish.category or None,
        language=wish.language,
        title=wish.title.strip(),
        words=wish.words.strip(),
        created_at=now,
        created_by=keeper.person_id,
    )


def _check(session: Session, keeper: Keeper, wish: ReplyWish) -> None:
    for field, refusal in _wrong(session, keeper, wish).items():
        raise refusal if isinstance(refusal, Refused) else Refused(refusal, field=field)


def _wrong(
    session: Session, keeper: Keeper, wish: ReplyWish
) -> Mapping[str, ReplyRefusal | Refused]:
    """What will not do, by the field that it stands in."""
    found: dict[str, ReplyRefusal | Refused] = {}
    if not keeper.keeps(wish.unit_id, wish.place_path):
        found["owner"] = ReplyRefusal.NOT_YOURS
    if wish.step not in STEPS:
        found["step"] = ReplyRefusal.BAD_STEP
    if wish.language not in LANGUAGES:
        found["language"] = ReplyRefusal.BAD_LANGUAGE
    if wish.category and session.get(Category, wish.category) is None:
        found["category"] = ReplyRefusal.BAD_KIND
    if not 0 < len(wish.title.strip()) <= MOST_TITLE:
        found["title"] = ReplyRefusal.NO_TITLE
    found |= _wrong_words(wish)
    return found


def _wrong_words(wish: ReplyWish) -> Mapping[str, ReplyRefusal | Refused]:
    words, unknown = wish.words.strip(), unknown_blanks(wish.words)
    if not 0 < len(words) <= MOST_WORDS:
        return {"words": ReplyRefusal.NO_WORDS}
    if unknown:
        facts = {"blanks": ", ".join(f"{{{name}}}" for name in unknown)}
        return {"words": Refused(ReplyRefusal.UNKNOWN_BLANK, field="words", facts=facts)}
    if wish.step in ANSWERS and says_nothing(words):
        return {"words": ReplyRefusal.SAYS_NOTHING}
    return {}


def says_nothing(words: str | None) -> bool:
    """Whether words only say that something was received: no answer (留言已收悉)."""
    return bool((words or "").strip()) and is_canned((words or "").strip(), canned_replies())


def refuse_empty_answer(words: str | None) -> None:
    """Who reports work as done, or closes a case, says what was done."""
    if says_nothing(words):
        raise Refused(ReplyRefusal.SAYS_NOTHING, field="words")


def _note(session: Session, keeper: Keeper, action: str, code: str, now: datetime) -> None:
    note_action(session, at=now, actor_id=keeper.person_id, action=action, subject=f"reply:{code}")


def offered_replies(session: Session, case: CaseRow, step: Event, actor: Actor) -> list[ReplyRow]:
    """The prepared words that somebody may use for a step; most steps have none."""
    if step not in STEPS:
        return []
    return replies_for(session, case, step, actor.organisations_for(Permission.REPORT_HANDLE))


def reply_words(session: Session, row: ReplyRow, case: CaseRow, promised: Mapping[str, str]) -> str:
    """The words with their blanks filled, in their own language."""
    category = session.get(Category, case.category_code)
    kind = getattr(category, f"name_{row.language}", "") if category else ""
    if category and not kind:
        kind = category.name_zh_Hans
    levels = [a for a in ancestors(session, case.place_path) if a.level == "street"]
    street = levels[0].names if levels else {}
    default = instance_of(session).city.default_language
    values = {
        Blank.NUMBER: case.number,
        Blank.KIND: kind,
        Blank.STREET: street.get(row.language) or street.get(default, ""),
        Blank.PROMISED: promised.get(row.language, ""),
    }
    return filled(row.words, values)


def count_use(session: Session, code: str | None, offered: Collection[ReplyRow]) -> None:
    """Words that were chosen for a step that was taken were used once more."""
    row = next((row for row in offered if row.code == code), None)
    if row is not None:
        session.execute(
            update(ReplyTemplate)
            .where(ReplyTemplate.id == row.id)
            .values(times_used=ReplyTemplate.times_used + 1)
        )
