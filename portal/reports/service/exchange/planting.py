"""One order as rows: the case, its history in the file's own times, its words, its reporter.

A number was given when the matter was taken in, so it counts as accepted then. When it was given to
a unit no file says: that step is taken when the order comes here, if it is still open.
"""

import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from credit.rules.guard import ProtectedAct
from credit.service import Deed, mark_protected_acts
from portal.kernel.ids import hash_token, id_at, new_lookup_code, new_number, new_token
from portal.kernel.instance import instance_of
from portal.kernel.worktime import load_calendar
from portal.reports.models import Case, CaseEvent, CaseReporter, CaseText
from portal.reports.rules.categories import CategoryRow, LimitRow
from portal.reports.rules.codes import Event, Relation, Review, State, TextKind
from portal.reports.rules.deadlines import Promise, promise
from portal.reports.rules.exchange import RANKS, Order, Stage
from portal.reports.rules.kinds import BEHAVIOUR
from portal.reports.rules.masking import masked
from portal.reports.rules.receipts import lookup_hash
from portal.reports.rules.transitions import TRANSITIONS
from portal.reports.service.protection import source_of

_CHANCE_BITS = 56


@dataclass(frozen=True)
class Step:
    """One step of an order's history. ``words`` are the other system's reply."""

    event: Event
    at: datetime
    to: State
    words: str = ""


@dataclass(frozen=True)
class Key:
    """Where an order's rows stand."""

    district: str
    case_id: UUID


class Rows:
    """Rows of one batch by table, inserted together."""

    TABLES = (Case, CaseReporter, CaseEvent, CaseText)

    def __init__(self) -> None:
        self._rows: dict[Table, list[dict[str, Any]]] = {}
        # what their reporters did, for which nobody may be harmed (law N1)
        self.deeds: list[Deed] = []

    def add(self, model: Any, **values: Any) -> None:
        self._rows.setdefault(model.__table__, []).append(values)

    def insert(self, session: Session) -> None:
        for model in self.TABLES:
            table: Any = model.__table__
            rows = self._rows.pop(table, None)
            if rows:
                session.execute(insert(table), rows)
        mark_protected_acts(session, self.deeds)
        self.deeds = []


def steps_of(order: Order, now: datetime) -> list[Step]:
    """The history that a row holds, oldest first. Every step is an edge of the table."""
    found = order.found_at
    steps = [Step(Event.REPORT, found, State.REPORTED), Step(Event.ACCEPT, found, State.ACCEPTED)]
    if order.stage is Stage.OPEN:
        if order.no_answer:
            at = order.answered_at or order.closed_at or now
            steps.append(Step(Event.RESPOND, at, State.ACCEPTED, order.answer))
        if order.unit_id is not None:
            steps.append(Step(Event.FILE, now, State.FILED))
            steps.append(Step(Event.DISPATCH, now, State.DISPATCHED))
        return steps
    # what a count alone tells is known from now on
    done = order.answered_at or order.closed_at or now
    steps.append(Step(Event.HANDLE, done, State.HANDLED, order.answer))
    if order.stage is Stage.CLOSED:
        steps.append(Step(Event.CLOSE, order.closed_at or now, State.CLOSED))
    return steps


def stamps_of(order: Order, steps: Sequence[Step], now: datetime) -> dict[str, Any]:
    """The columns that the steps set. A time that the file does not have stays empty."""
    answered = order.answered_at or order.closed_at
    taken = {step.event for step in steps}
    values: dict[str, Any] = {"updated_at": now}
    if Event.RESPOND in taken or Event.HANDLE in taken:
        values["responded_at"] = answered
    if Event.DISPATCH in taken:
        values["dispatched_at"] = now
    if Event.HANDLE in taken:
        values["handled_at"] = answered
    if Event.CLOSE in taken:
        values |= {"closed_at": order.closed_at, "fed_back_at": order.closed_at}
    if order.unit_id is not None:
        values["unit_id"] = order.unit_id
    return values


def plant(
    session: Session, rows: Rows, key: Key, order: Order, kind: CategoryRow, limit: LimitRow,
    now: datetime,
) -> None:  # fmt: skip
    """Everything of a new order."""
    steps, number = steps_of(order, now), new_number()
    case = _case(order, kind, limit, _promise(session, order, limit))
    stamps = stamps_of(order, steps, now)
    rows.add(Case, **case | stamps, district=key.district, id=key.case_id, number=number)
    first = add_steps(rows, key, order, steps, before=None, after=order.found_at)
    _add_words(rows, key, order, first)
    if order.phone is not None:
        _add_reporter(session, rows, key, number, order.phone, order.found_at)


def _case(order: Order, kind: CategoryRow, limit: LimitRow, made: Promise) -> dict[str, Any]:
    """The columns of a case that no step sets."""
    empty = dict.fromkeys(
        ("unit_id", "responded_at", "dispatched_at", "handled_at", "closed_at", "fed_back_at")
    )
    return empty | {
        "category_code": kind.code,
        "state": order.state,
        "cycle": 1,
        "version": 1,
        "source": order.source,
        "external_number": order.number,
        "area_id": order.area_id,
        "place_path": order.place_path,
        "lon": order.lon,
        "lat": order.lat,
        "urgent": kind.urgent,
        # as in our own intake: hazards are hidden from the unit, and listed after a check only;
        # what was seen of somebody's behaviour never is (R259)
        "sealed": kind.urgent or kind.code == BEHAVIOUR,
        "listed": not kind.urgent and kind.code != BEHAVIOUR,
        "limit_minutes": limit.minutes,
        "round_the_clock": limit.round_the_clock,
        "promised_at": made.at,
        "promised_days": made.days,
        "found_at": order.found_at,
        "accepted_at": order.found_at,
        "times_returned": 0,
        "times_sent_back": 0,
        "times_urged": 0,
    }


def add_steps(
    rows: Rows, key: Key, order: Order, steps: Sequence[Step], *, before: State | None,
    after: datetime,
) -> UUID:  # fmt: skip
    """History, and the replies that belong to it. ``after``: what is there already comes first."""
    ids = []
    for at, step in enumerate(steps):
        # of steps at one moment the later one sorts behind
        chance = at << _CHANCE_BITS | secrets.randbits(_CHANCE_BITS)
        event_id = id_at(max(step.at, after), chance)
        ids.append(event_id)
        public = step.event is Event.REPORT or TRANSITIONS[step.event].public
        rows.add(
            CaseEvent, district=key.district, case_id=key.case_id, id=event_id, at=step.at,
            event=step.event, from_state=before, to_state=step.to, cycle=1, actor_id=None,
            unit_id=order.unit_id if RANKS.get(step.to, 0) else None, reason_code=None,
            public=public,
        )  # fmt: skip
        before = step.to
        if step.words:
            _add_text(rows, key, event_id, TextKind.OUTSIDE_REPLY, step.words, step.at, mine=False)
    return ids[0]


def _add_words(rows: Rows, key: Key, order: Order, event_id: UUID) -> None:
    for kind, words in ((TextKind.DESCRIPTION, order.words), (TextKind.PLACE, order.address)):
        if words:
            _add_text(rows, key, event_id, kind, words, order.found_at, mine=True)


def _add_text(
    rows: Rows, key: Key, event_id: UUID, kind: TextKind, words: str, at: datetime, *, mine: bool
) -> None:
    """Words wait for a check, whoever wrote them."""
    rows.add(
        CaseText, district=key.district, case_id=key.case_id, id=id_at(at), event_id=event_id,
        kind=kind, text=words, public_text=masked(words), review=Review.PENDING,
        review_reason=None, by_reporter=mine, created_at=at,
    )  # fmt: skip


def _add_reporter(
    session: Session, rows: Rows, key: Key, number: str, phone: str, at: datetime
) -> None:
    """Whoever called, sealed: she can have a link sent to her phone like everybody else."""
    vault = instance_of(session).vault
    source = source_of(number)
    rows.deeds.append(Deed(key.district, None, phone, ProtectedAct.REPORT, source, (), at))
    rows.add(
        CaseReporter, district=key.district, case_id=key.case_id, id=id_at(at), person_id=None,
        relation=Relation.FIRST, pseudonym=vault.keyed_hash("pseudonym", f"phone:{phone}"),
        sealed_name=None, sealed_phone=vault.seal(phone),
        phone_hash=vault.keyed_hash("phone", phone), verified=False,
        # the hotline gave no receipt of ours: a code that nobody has
        lookup_hash=lookup_hash(vault, number, new_lookup_code()),
        token_hash=hash_token(new_token()), failed_tries=0, locked_until=None,
        language=instance_of(session).city.default_language, created_at=at, erased_at=None,
    )  # fmt: skip


def _promise(session: Session, order: Order, limit: LimitRow) -> Promise:
    """The other system's limit where the file has it, else ours from the day it was found."""
    if order.target_at is not None:
        return Promise(order.target_at, None)
    calendar = load_calendar()
    made = promise(
        order.found_at, limit.minutes, round_the_clock=limit.round_the_clock, calendar=calendar,
        zone=instance_of(session).city.zone,
    )  # fmt: skip
    if made.at is None:
        return Promise(None, math.ceil(limit.minutes / calendar.minutes_a_day))
    return made
