"""Drafts of clause sets at the desk: written by several people, published once, never changed then.

Every step locks the set's row first; sets are locked in the order of their codes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from pledges.models import Clause, ClauseSet, ClauseVersion
from pledges.queries.clauses import DeskSet, clauses_by_version, rivals_of, sets_in
from pledges.rules.clause_drafts import (
    MOST_CLAUSES,
    ClauseFlaw,
    ClauseWrong,
    SetWish,
    fingerprint,
    put_at,
    read_clause,
    read_set,
    why_not_publish,
)
from pledges.rules.clause_texts import LANGUAGES, ClauseText
from pledges.rules.clauses import Letter
from pledges.rules.premises import PremisesKind
from pledges.service.clause_lists import CLAUSES, DATA, SETS, read_clauses, read_sets, seal_version
from portal.accounts.rules import Actor, Permission
from portal.areas.queries import AreaRow, area_by_code, find_areas
from portal.areas.rules import codes_of
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from portal.kernel.tables import TableRow

PUBLISH: Final = Permission.CLAUSE_PUBLISH
# no list of clauses is as long: where they stand while they are put into another order
_ASIDE: Final = 1_000


class Overtaken(Conflict):
    """Somebody else wrote the clause meanwhile; ``stands``: as it is now, None: it is gone."""

    def __init__(self, stands: ClauseText | None) -> None:
        super().__init__(ClauseFlaw.CHANGED if stands else ClauseFlaw.REMOVED)
        self.stands = stands


def refuse(flaws: Sequence[ClauseWrong]) -> None:
    """Raises Refused for the first of what is wrong."""
    for flaw in flaws:
        raise Refused(flaw.code, field=flaw.column, facts={"most": flaw.most})


def set_here(session: Session, actor: Actor, code: str) -> DeskSet:
    """A set of somebody's places with its versions. Raises Missing."""
    found = next(iter(sets_in(session, None, code)), None)
    if found is None or not actor.may(PUBLISH, place_path=found.row.place_path):
        raise Missing
    return found


@dataclass(frozen=True)
class Model:
    """A text that is shipped: a set to begin from."""

    row: TableRow
    clauses: list[ClauseText]


@cache
def model_texts() -> dict[str, Model]:
    """The texts that are shipped, by code."""
    lines = read_clauses((DATA / CLAUSES).read_bytes())
    said = {code: read_clause(line.cells)[0] for code, line in lines.items()}
    rows = read_sets((DATA / SETS).read_bytes(), lines)
    return {
        row["code"]: Model(row, [said[code] for code in row["clauses"].split()]) for row in rows
    }


def write_set(session: Session, actor: Actor, wish: SetWish, *, now: datetime) -> str:
    """A new set with a first draft, from a model or empty; its code."""
    refuse(read_set(wish))
    if wish.model and wish.model not in model_texts():
        raise Refused(ClauseFlaw.MODEL, field="model")
    area = _place(session, actor, wish.place)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    set_id = session.scalar(
        dialect.insert(ClauseSet)
        .values(
            id=new_id(), code=wish.code, letter=Letter(wish.letter), extra=wish.extra,
            area_id=area.id, place_path=area.path, trade=wish.trade or None,
            kind=PremisesKind(wish.kind) if wish.kind else None, **wish.names,
        )
        .on_conflict_do_nothing()
        .returning(ClauseSet.id)
    )  # fmt: skip
    if set_id is None:
        raise Refused(ClauseFlaw.CODE_TAKEN, field="code")
    clauses = model_texts()[wish.model].clauses if wish.model else []
    _write_draft(session, actor, set_id, 1, wish.source, clauses, _today(session, now), now)
    return wish.code


def _place(session: Session, actor: Actor, typed: str) -> AreaRow:
    found = area_by_code(session, typed.upper()) or next(iter(find_areas(session, typed, 1)), None)
    if not typed or found is None or found.valid_to is not None:
        raise Refused(ClauseFlaw.PLACE, field="place")
    if not actor.may(PUBLISH, place_path=found.path):
        raise Refused(ClauseFlaw.NOT_YOURS, field="place")
    return found


def begin_draft(session: Session, actor: Actor, code: str, source: str, *, now: datetime) -> None:
    """The next version of a set, as a draft that says what the last one said."""
    at = _locked(session, actor, code)
    if at.draft is not None:
        raise Conflict(ClauseFlaw.HAS_DRAFT)
    if not at.published:
        raise Missing
    last = at.published[0]
    clauses = clauses_by_version(session, [last.id])[last.id]
    begins = max(_today(session, now), last.effective_from + timedelta(days=1))
    _write_draft(session, actor, at.row.id, last.version + 1, source, clauses, begins, now)


def _write_draft(
    session: Session, actor: Actor, set_id: UUID, number: int, source: str,
    clauses: Sequence[ClauseText], begins: date, now: datetime,
) -> None:  # fmt: skip
    version = ClauseVersion(
        id=new_id(), set_id=set_id, version=number, effective_from=begins, source=source,
        written_at=now, written_by=actor.person_id,
    )  # fmt: skip
    session.add(version)
    # the clauses refer to it by key alone
    session.flush()
    _insert(session, version.id, clauses)


def _insert(session: Session, version_id: UUID, clauses: Sequence[ClauseText]) -> None:
    session.add_all(
        Clause(version_id=version_id, position=at, code=one.code, **_values(one))
        for at, one in enumerate(clauses, 1)
    )
    session.flush()


def _values(clause: ClauseText) -> dict[str, Any]:
    said = {f"text_{one.lower()}": clause.texts[one] for one in LANGUAGES}
    said |= {f"plain_{one.lower()}": clause.plain[one] for one in LANGUAGES}
    return {
        "axis": clause.axis, "pictogram": clause.pictogram,
        "text_khb": clause.texts.get("khb"), **said,
    }  # fmt: skip


def _locked(session: Session, actor: Actor, code: str) -> DeskSet:
    """A set of somebody's places, locked; what is read of it afterwards is fresh."""
    session.scalars(select(ClauseSet.id).where(ClauseSet.code == code).with_for_update()).all()
    session.expire_all()
    return set_here(session, actor, code)


def _draft(session: Session, actor: Actor, code: str) -> tuple[UUID, list[ClauseText]]:
    """The draft of a locked set and its clauses. Raises Conflict when it was published or left."""
    at = _locked(session, actor, code)
    if at.draft is None:
        raise Conflict(ClauseFlaw.NO_DRAFT)
    return at.draft.id, clauses_by_version(session, [at.draft.id])[at.draft.id]


def add_clause(
    session: Session, actor: Actor, code: str, clause: ClauseText, *, position: int | None
) -> None:
    """A further clause of a draft; without a position it is the last."""
    draft, clauses = _draft(session, actor, code)
    codes = [one.code for one in clauses]
    if clause.code in codes:
        raise Refused(ClauseFlaw.CODE_TAKEN, field="code")
    if len(codes) >= MOST_CLAUSES:
        raise Refused(ClauseFlaw.MANY, facts={"most": MOST_CLAUSES})
    _order(session, draft, codes)
    at = len(codes) + 1
    session.add(Clause(version_id=draft, position=at, code=clause.code, **_values(clause)))
    session.flush()
    _order(session, draft, put_at(codes, clause.code, at if position is None else position))


def change_clause(
    session: Session, actor: Actor, code: str, clause: ClauseText, *, seen: str,
    position: int | None,
) -> None:  # fmt: skip
    """Write a clause of a draft anew. ``seen``: what the form was made from; raises Overtaken when
    somebody else wrote it meanwhile. ``position`` None: it stays where it is."""
    draft, clauses = _draft(session, actor, code)
    _still(clauses, clause.code, seen)
    session.execute(
        update(Clause)
        .where(Clause.version_id == draft, Clause.code == clause.code)
        .values(**_values(clause))
    )
    if position is not None:
        _order(session, draft, put_at([one.code for one in clauses], clause.code, position))


def remove_clause(session: Session, actor: Actor, code: str, which: str, *, seen: str) -> None:
    """Take a clause out of a draft. Raises Overtaken."""
    draft, clauses = _draft(session, actor, code)
    _still(clauses, which, seen)
    session.execute(delete(Clause).where(Clause.version_id == draft, Clause.code == which))
    _order(session, draft, [one.code for one in clauses if one.code != which])


def _still(clauses: Sequence[ClauseText], code: str, seen: str) -> None:
    stands = next((one for one in clauses if one.code == code), None)
    if stands is None or fingerprint([stands]) != seen:
        raise Overtaken(stands)


def _order(session: Session, draft: UUID, codes: Sequence[str]) -> None:
    """Number the clauses anew; aside first, because no two may stand at one position."""
    mine = Clause.version_id == draft
    session.execute(
        update(Clause).where(mine).values(position=Clause.position + _ASIDE),
        execution_options={"synchronize_session": False},
    )
    for at, code in enumerate(codes, 1):
        session.execute(
            update(Clause).where(mine, Clause.code == code).values(position=at),
            execution_options={"synchronize_session": False},
        )
    session.expire_all()


def replace_clauses(
    session: Session, actor: Actor, code: str, clauses: Sequence[ClauseText], *, seen: str
) -> None:
    """Everything that a draft says comes from a table now."""
    draft, there = _draft(session, actor, code)
    if fingerprint(there) != seen:
        raise Conflict(ClauseFlaw.CHANGED)
    session.execute(delete(Clause).where(Clause.version_id == draft))
    session.expire_all()
    _insert(session, draft, clauses)


def discard_draft(session: Session, actor: Actor, code: str, *, seen: str) -> bool:
    """Throw a draft away, and with it a set that was never published. Whether the set stays."""
    draft, clauses = _draft(session, actor, code)
    if fingerprint(clauses) != seen:
        raise Conflict(ClauseFlaw.CHANGED)
    kept = set_here(session, actor, code)
    session.execute(delete(Clause).where(Clause.version_id == draft))
    session.execute(delete(ClauseVersion).where(ClauseVersion.id == draft))
    if not kept.published:
        session.execute(delete(ClauseSet).where(ClauseSet.id == kept.row.id))
    session.expire_all()
    return bool(kept.published)


@dataclass(frozen=True)
class PublishWish:
    """From which day a draft is to count; ``replaces``: others for the same places end then."""

    begins: date
    replaces: bool
    seen: str


def publish_draft(
    session: Session, actor: Actor, code: str, wish: PublishWish, *, now: datetime
) -> None:
    """A draft counts from a day on, is sealed, and changes no more (never for what was before)."""
    _lock_rivals(session, code)
    at = set_here(session, actor, code)
    if at.draft is None:
        raise Conflict(ClauseFlaw.NO_DRAFT)
    last = at.published[0] if at.published else None
    said = clauses_by_version(session, [at.draft.id, *([last.id] if last else [])])
    _check(session, at, said[at.draft.id], wish, _today(session, now))
    if last is not None and fingerprint(said[last.id]) == fingerprint(said[at.draft.id]):
        raise Refused(ClauseFlaw.SAME)
    for rival in rivals_of(session, at.row, wish.begins):
        if not wish.replaces:
            raise Refused(ClauseFlaw.RIVAL, field="replaces", facts={"code": rival.code})
        _end(session, actor, rival.id, rival.code, wish.begins, now)
    version = session.get_one(ClauseVersion, at.draft.id)
    version.effective_from, version.published_by = wish.begins, actor.person_id
    session.flush()
    seal_version(session, code, version, codes_of(at.row.place_path)[0], now)
    _note(session, actor, "clauses:publish", f"{code}:{version.version}", now)


def _check(
    session: Session, at: DeskSet, clauses: list[ClauseText], wish: PublishWish, today: date
) -> None:
    if not clauses:
        raise Refused(ClauseFlaw.NO_CLAUSES)
    last = at.published[0].effective_from if at.published else None
    if why := why_not_publish(wish.begins, today, last, at.row.ended_on):
        raise Refused(why, field="begins")
    if fingerprint(clauses) != wish.seen:
        raise Conflict(ClauseFlaw.CHANGED)


def _lock_rivals(session: Session, code: str) -> None:
    """Lock a set and every main text of its place, so that two are not published at once."""
    mine = select(ClauseSet.place_path).where(ClauseSet.code == code).scalar_subquery()
    beside = and_(ClauseSet.extra.is_(False), ClauseSet.place_path == mine)
    statement = select(ClauseSet.id).where(or_(ClauseSet.code == code, beside))
    session.scalars(statement.order_by(ClauseSet.code).with_for_update()).all()
    session.expire_all()


def end_set(session: Session, actor: Actor, code: str, on: date, *, now: datetime) -> None:
    """A text is offered no more from a day on; what was signed keeps its version."""
    at = _locked(session, actor, code)
    if not at.published:
        raise Refused(ClauseFlaw.NEVER_PUBLISHED)
    if at.row.ended_on is not None:
        raise Conflict(ClauseFlaw.ENDED)
    if on < _today(session, now):
        raise Refused(ClauseFlaw.RETROACTIVE, field="on")
    _end(session, actor, at.row.id, code, on, now)


def _end(session: Session, actor: Actor, set_id: UUID, code: str, on: date, now: datetime) -> None:
    session.execute(update(ClauseSet).where(ClauseSet.id == set_id).values(ended_on=on))
    _note(session, actor, "clauses:end", code, now)


def _note(session: Session, actor: Actor, action: str, what: str, now: datetime) -> None:
    note_action(session, at=now, actor_id=actor.person_id, action=action, subject=f"clauses:{what}")


def _today(session: Session, now: datetime) -> date:
    return city_day(now, instance_of(session).city.zone)
