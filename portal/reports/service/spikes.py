"""Early warning (R238): found by a job, told to the desk once, answered by it, over by itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.queries import PersonRow, people_at, phones_of
from portal.accounts.rules import Actor, Permission
from portal.areas.queries import areas_by_codes
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message
from portal.reports.models import ReportSpike
from portal.reports.queries.categories import all_categories
from portal.reports.queries.spikes import (
    Key,
    Running,
    SpikeRow,
    running,
    shares_by_place,
    spike_by_number,
    weekly_reports,
)
from portal.reports.rules.spikes import (
    Measure,
    SpikeRefusal,
    has_fallen,
    is_over,
    is_spike,
    usual_of,
    usual_share,
)

DESK = Permission.REPORT_DISPATCH


@dataclass(frozen=True)
class Seen:
    """What a look found out of the usual, in a place and for a kind."""

    key: Key
    level: float
    usual: float
    bound: float
    month: str | None = None


@dataclass(frozen=True)
class Look:
    """One look at everything. ``new``: what begins; ``still``: of what runs, that goes on."""

    new: tuple[Seen, ...]
    still: Mapping[UUID, float]
    over: tuple[UUID, ...]


def look_at(session: Session, now: datetime) -> Look:
    """What is out of the usual now: reports of a week, and the newest month that was released."""
    runs = {one.key: one for one in running(session)}
    found = {one.key: one for one in (*_waves(session, runs, now), *_falls(session))}
    # a fall in the next month is one of its own: what was answered was said of the month before
    on = {key: run for key, run in runs.items() if key in found and run.month == found[key].month}
    return Look(
        tuple(one for key, one in found.items() if key not in on),
        {run.id: found[key].level for key, run in on.items()},
        tuple(run.id for key, run in runs.items() if key not in on),
    )


def _waves(session: Session, runs: Mapping[Key, Running], now: datetime) -> Iterable[Seen]:
    for (path, kind), (*weeks, recent) in weekly_reports(session, now).items():
        key = (Measure.REPORTS, path, kind)
        goes_on = key in runs and not is_over(recent, weeks)
        if goes_on or is_spike(recent, weeks):
            usual = usual_of(weeks)
            yield Seen(key, recent, usual.level, usual.bound)


def _falls(session: Session) -> Iterable[Seen]:
    shares = shares_by_place(session)
    for (path, kind), newest in shares.newest.items() if shares else ():
        before = shares.before[path, kind] if shares else []
        usual = usual_share(before)
        if shares and usual and has_fallen(newest, before):
            key = (Measure.SATISFACTION, path, kind)
            yield Seen(key, newest.share, usual.level, usual.bound, shares.month)


def keep_look(session: Session, look: Look, now: datetime) -> int:
    """Write down what a look found, and tell the desks of what began; how many began.

    Two that look at once find the same spike: the row that comes second is none, and is not told.
    """
    _go_on(session, look.still, now)
    if look.over:
        gone = ReportSpike.id.in_(look.over), ReportSpike.ended_at.is_(None)
        session.execute(update(ReportSpike).where(*gone).values(ended_at=now, looked_at=now))
    begun = _begin(session, look.new, now)
    if begun:
        _tell(session, begun, now)
    return len(begun)


def _go_on(session: Session, still: Mapping[UUID, float], now: datetime) -> None:
    if not still:
        return
    level = case(still, value=ReportSpike.id)
    worse = case(
        (ReportSpike.measure == Measure.REPORTS, level > ReportSpike.peak),
        else_=level < ReportSpike.peak,
    )
    statement = update(ReportSpike).where(ReportSpike.id.in_(still), ReportSpike.ended_at.is_(None))
    peak = case((worse, level), else_=ReportSpike.peak)
    session.execute(statement.values(level=level, peak=peak, looked_at=now))


def _begin(session: Session, new: Iterable[Seen], now: datetime) -> list[tuple[str, Seen]]:
    """The warnings that are ours to tell, by their numbers."""
    found = {new_number(): one for one in new}
    if not found:
        return []
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    made = (
        dialect.insert(ReportSpike)
        .values([_values(number, one, now) for number, one in found.items()])
        .on_conflict_do_nothing()
        .returning(ReportSpike.number)
    )
    return [(number, found[number]) for number in sorted(session.scalars(made))]


def _values(number: str, one: Seen, now: datetime) -> dict[str, Any]:
    measure, path, kind = one.key
    return {
        "id": new_id(), "number": number, "measure": measure, "place_path": path,
        "category_code": kind, "month": one.month, "level": one.level, "peak": one.level,
        "usual": one.usual, "bound": one.bound, "began_at": now, "looked_at": now,
    }  # fmt: skip


# --- telling --------------------------------------------------------------------------------------


def _tell(session: Session, begun: list[tuple[str, Seen]], now: datetime) -> None:
    """The desk of each place hears of its warnings; where there is none, that of the city."""
    paths = {seen.key[1] for _number, seen in begun}
    roots = {f"/{path.split('/')[1]}/" for path in paths}
    offices = people_at(session, DESK, paths | roots, now)
    phones = phones_of(session, {one.id for people in offices.values() for one in people})
    places = areas_by_codes(session, {_code(path) for path in paths})
    kinds = {row.code: row.names for row in all_categories(session)}
    for number, seen in begun:
        _measure, path, kind = seen.key
        names = (places[_code(path)].names if _code(path) in places else {}, kinds.get(kind, {}))
        office = offices.get(path) or offices.get(f"/{path.split('/')[1]}/", [])
        for person in (one for one in office if one.id in phones):
            said = _said(session, number, seen, names, person)
            _send(session, phones[person.id], person, said, now)


def _code(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _said(
    session: Session, number: str, seen: Seen, names: tuple[Any, Any], person: PersonRow
) -> tuple[str, dict[str, Any]]:
    """The sentence and what fills it, in her language."""
    place, kind = (one.get(person.language) or one.get("zh_Hans") or "" for one in names)
    link = f"{instance_of(session).config.origin}/desk/warnings/{number}"
    facts = {"place": place, "kind": kind, "link": link}
    if seen.key[0] is Measure.REPORTS:
        return "desk.wave", {**facts, "count": f"{seen.level:.0f}", "usual": f"{seen.usual:.0f}"}
    shares = {"percent": f"{100 * seen.level:.0f}", "usual": f"{100 * seen.usual:.0f}"}
    template = "desk.fall_of_kind" if seen.key[2] else "desk.fall"
    return template, {**facts, **shares}


def _send(
    session: Session, phone: str, person: PersonRow, said: tuple[str, dict[str, Any]], now: datetime
) -> None:
    post_message(
        session, channel=Channel.SMS, to=phone, template=said[0], facts=said[1], now=now,
        language=person.language,
    )  # fmt: skip


# --- the desk -------------------------------------------------------------------------------------


def spike_here(session: Session, actor: Actor, number: str) -> SpikeRow:
    """A warning of the reader's places. Raises Missing."""
    row = spike_by_number(session, number)
    if row is None or not actor.may(DESK, place_path=row.place_path):
        raise Missing
    return row


def answer_spike(session: Session, actor: Actor, number: str, note: str, *, now: datetime) -> None:
    """Say that it was seen, and with a note what was found or done. A note stays as it is."""
    row = spike_here(session, actor, number)
    if row.seen_at is None:
        first = update(ReportSpike).where(
            ReportSpike.number == number, ReportSpike.seen_at.is_(None)
        )
        session.execute(first.values(seen_at=now, seen_by=actor.person_id))
        if not note.strip():
            _note(session, actor, "spike:see", number, now)
    if not note.strip():
        return
    claim = update(ReportSpike).where(
        ReportSpike.number == number, ReportSpike.answered_at.is_(None)
    )
    said = claim.values(answered_at=now, answered_by=actor.person_id, note=note.strip())
    if changed_rows(session, said) != 1:
        raise Conflict(SpikeRefusal.ANSWERED, field="note")
    _note(session, actor, "spike:answer", number, now)


def _note(session: Session, actor: Actor, action: str, number: str, now: datetime) -> None:
    note_action(session, at=now, actor_id=actor.person_id, action=action, subject=f"spike:{number}")
