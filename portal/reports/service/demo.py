"""Plants past cases in bulk: the demo's season of life, and the tables a benchmark needs.

The steps were legal when they were planned (the table of transitions says so); here they only
become rows, thousands in a second, with nobody told and nothing sent.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import zip_longest
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from credit.rules.guard import ProtectedAct
from credit.service import Deed, mark_protected_acts
from portal.kernel.calendars import calendars_of
from portal.kernel.ids import hash_token, id_at, new_number, new_token
from portal.kernel.instance import Instance, instance_of
from portal.kernel.worktime import Calendar
from portal.reports.models import (
    Case,
    CaseEvent,
    CasePhoto,
    CaseReporter,
    CaseText,
    Category,
    CategoryLimit,
)
from portal.reports.rules.codes import (
    Event,
    Means,
    PhotoKind,
    Relation,
    Review,
    Source,
    State,
    Target,
    TextKind,
)
from portal.reports.rules.deadlines import promise
from portal.reports.rules.intake import district_of
from portal.reports.rules.masking import masked
from portal.reports.rules.transitions import TRANSITIONS, next_cycle
from portal.reports.service.protection import source_of
from portal.reports.service.search import index_cases

BATCH = 2000
Photo = tuple[str, str, int, int]


@dataclass(frozen=True)
class PlannedStep:
    """One step of a past case, and what was said or shown with it."""

    event: Event
    at: datetime
    actor_id: UUID | None = None
    words: str | None = None
    reason: str | None = None
    photo: Photo | None = None
    means: Means | None = None


@dataclass(frozen=True)
class PlannedCase:
    """A past case. Photos are (blob key, thumbnail key, width, height)."""

    category: str
    area_id: UUID
    place_path: str
    lon: float | None
    lat: float | None
    person_id: UUID | None
    found_at: datetime
    words: str
    place: str
    unit_id: UUID | None = None
    photo: Photo | None = None
    # whether staff has looked at the words and the photo
    checked: bool = True
    steps: tuple[PlannedStep, ...] = ()


@dataclass(frozen=True)
class PlantedCase:
    """What others need to know of a planted case, e.g. to rate it."""

    district: str
    id: UUID
    number: str
    reporter_id: UUID
    person_id: UUID | None
    category: str
    place_path: str
    closings: tuple[tuple[int, datetime], ...] = ()


@dataclass
class _Rows:
    """Rows of one batch, by table."""

    rows: dict[Table, list[dict[str, Any]]] = field(default_factory=dict)
    deeds: list[Deed] = field(default_factory=list)

    def add(self, model: Any, **values: Any) -> None:
        self.rows.setdefault(model.__table__, []).append(values)

    def flush(self, session: Session) -> None:
        for model in (Case, CaseReporter, CaseEvent, CaseText, CasePhoto):
            table = cast("Table", model.__table__)
            rows = self.rows.pop(table, None)
            if rows:
                session.execute(insert(table), rows)
        mark_protected_acts(session, self.deeds)
        self.deeds = []


@dataclass(frozen=True)
class _Planting:
    """One case while it becomes rows. ``case`` are its columns as the steps move them on."""

    rows: _Rows
    instance: Instance
    plan: PlannedCase
    case: dict[str, Any]
    thing: bool

    @property
    def key(self) -> dict[str, Any]:
        """What every row of the case begins with."""
        return {"district": self.case["district"], "case_id": self.case["id"]}


def plant_cases(session: Session, plans: Iterable[PlannedCase]) -> list[PlantedCase]:
    """Insert past cases and make them findable; what was planted, in order."""
    categories = {row.code: row for row in session.scalars(select(Category))}
    limits = {row.category_code: row for row in session.scalars(select(CategoryLimit))}
    instance, calendar = instance_of(session), calendars_of(session).get(None)
    rows, planted, batch = _Rows(), [], []
    for plan in plans:
        category = categories[plan.category]
        case = _new_case(instance, plan, category, limits[plan.category], calendar)
        thing = category.target is Target.THING
        batch.append(_plant(_Planting(rows, instance, plan, case, thing)))
        if len(batch) == BATCH:
            planted += _keep(session, rows, batch)
            batch = []
    return planted + _keep(session, rows, batch)


def _keep(session: Session, rows: _Rows, batch: list[PlantedCase]) -> list[PlantedCase]:
    rows.flush(session)
    index_cases(session, batch)
    return batch


def _plant(planting: _Planting) -> PlantedCase:
    plan, case = planting.plan, planting.case
    _add_report(planting)
    closings: list[tuple[int, datetime]] = []
    for step, following in zip_longest(plan.steps, plan.steps[1:]):
        passed = following is not None and following.event is Event.CLOSE
        _take(planting, step, passed=passed)
        if step.event is Event.CLOSE:
            closings.append((case["cycle"], step.at))
    reporter_id = _add_reporter(planting)
    planting.rows.add(Case, **case)
    return PlantedCase(
        district=case["district"],
        id=case["id"],
        number=case["number"],
        reporter_id=reporter_id,
        person_id=plan.person_id,
        category=plan.category,
        place_path=plan.place_path,
        closings=tuple(closings),
    )


_NOT_YET = (
    "unit_id",
    "dispatcher_id",
    "handler_id",
    "verifier_id",
    "accepted_at",
    "responded_at",
    "dispatched_at",
    "handled_at",
    "closed_at",
    "fed_back_at",
    "means",
    "external_number",
)


def _new_case(
    instance: Instance,
    plan: PlannedCase,
    category: Category,
    limit: CategoryLimit,
    calendar: Calendar,
) -> dict[str, Any]:
    """The columns of a case when it was reported, as ``service.intake`` fills them."""
    made = promise(
        plan.found_at,
        limit.minutes,
        round_the_clock=limit.round_the_clock,
        calendar=calendar,
        zone=instance.city.zone,
    )
    return dict.fromkeys(_NOT_YET) | {
        "district": district_of(plan.place_path),
        "id": id_at(plan.found_at),
        "number": new_number(),
        "category_code": plan.category,
        "state": State.REPORTED,
        "cycle": 1,
        "version": 1,
        "source": Source.RESIDENT,
        "area_id": plan.area_id,
        "place_path": plan.place_path,
        "lon": plan.lon,
        "lat": plan.lat,
        "urgent": category.urgent,
        "sealed": category.urgent,
        "listed": plan.person_id is not None and not category.urgent,
        "limit_minutes": limit.minutes,
        "round_the_clock": limit.round_the_clock,
        "promised_at": made.at,
        "promised_days": made.days,
        "found_at": plan.found_at,
        **dict.fromkeys(("times_returned", "times_sent_back", "times_urged"), 0),
        "updated_at": plan.steps[-1].at if plan.steps else plan.found_at,
    }


def _add_report(planting: _Planting) -> None:
    """The first line of the history, the reporter's words and photo."""
    plan = planting.plan
    shown = planting.thing and plan.checked
    event_id = _add_event(planting, PlannedStep(Event.REPORT, plan.found_at), None, public=True)
    for kind, words in ((TextKind.DESCRIPTION, plan.words), (TextKind.PLACE, plan.place)):
        planting.rows.add(
            CaseText, **planting.key, id=id_at(plan.found_at), event_id=event_id, kind=kind,
            text=words, public_text=masked(words), by_reporter=True, created_at=plan.found_at,
            review=Review.APPROVED if shown else Review.PENDING,
        )  # fmt: skip
    if plan.photo:
        _add_photo(planting, event_id, plan.photo, plan.found_at, PhotoKind.BEFORE, shown=shown)


def _add_event(
    planting: _Planting, step: PlannedStep, before: State | None, *, public: bool
) -> UUID:
    event_id = id_at(step.at)
    planting.rows.add(
        CaseEvent, **planting.key, id=event_id, at=step.at, event=step.event,
        from_state=before, to_state=planting.case["state"], cycle=planting.case["cycle"],
        actor_id=step.actor_id, unit_id=planting.case["unit_id"], reason_code=step.reason,
        public=public,
    )  # fmt: skip
    return event_id


def _add_photo(
    planting: _Planting, event_id: UUID, photo: Photo, at: datetime, kind: PhotoKind, *, shown: bool
) -> None:
    blob, thumbnail, width, height = photo
    planting.rows.add(
        CasePhoto, **planting.key, id=id_at(at), code=new_token(), event_id=event_id, kind=kind,
        blob_key=blob, thumbnail_key=thumbnail, width=width, height=height,
        review=Review.APPROVED if shown else Review.PENDING, review_reason=None,
        by_reporter=kind is PhotoKind.BEFORE, cycle=planting.case["cycle"], created_at=at,
    )  # fmt: skip


def _add_reporter(planting: _Planting) -> UUID:
    who, found = planting.plan.person_id, planting.plan.found_at
    reporter_id = id_at(found)
    pseudonym = planting.instance.vault.keyed_hash("pseudonym", f"person:{who}") if who else None
    planting.rows.add(
        CaseReporter, **planting.key, id=reporter_id, person_id=who, relation=Relation.FIRST,
        pseudonym=pseudonym, verified=who is not None, lookup_hash=hash_token(new_token()),
        token_hash=hash_token(new_token()), failed_tries=0, language="zh_Hans", created_at=found,
    )  # fmt: skip
    if who is not None:
        source = source_of(planting.case["number"])
        planting.rows.deeds.append(
            Deed(planting.key["district"], who, None, ProtectedAct.REPORT, source, (), found)
        )
    return reporter_id


def _take(planting: _Planting, step: PlannedStep, *, passed: bool) -> None:
    """One step: the case's columns move on, the history, words and a photo are added.

    ``passed``: whether the work that the step shows was found good afterwards.
    """
    case, row = planting.case, TRANSITIONS[step.event]
    before = case["state"]
    if before not in row.sources:
        raise ValueError(f"{step.event} is not taken from {before}")
    case["cycle"] = next_cycle(before, row.to, case["cycle"])
    case["state"] = row.to or before
    case["version"] += row.to is not None
    case["listed"] = case["listed"] if row.lists is None else row.lists
    case.update(_stamps(step, planting.plan, case))
    event_id = _add_event(planting, step, before, public=row.public)
    if step.words:
        _add_words(planting, step, step.words, event_id)
    if step.photo:
        shown = planting.thing and passed
        _add_photo(planting, event_id, step.photo, step.at, PhotoKind.AFTER, shown=shown)


def _add_words(planting: _Planting, step: PlannedStep, words: str, event_id: UUID) -> None:
    """Staff's answer is public at once, unless law P5 speaks; words passed on stay inside."""
    answer = step.event not in {Event.REOPEN, Event.SEND_BACK}
    public = answer and planting.thing
    planting.rows.add(
        CaseText, **planting.key, id=id_at(step.at), event_id=event_id,
        kind=TextKind.ANSWER if answer else TextKind.PASSED_ON, text=words,
        public_text=masked(words) if public else None,
        review=Review.APPROVED if public else Review.WITHHELD,
        by_reporter=TRANSITIONS[step.event].by_reporter, created_at=step.at,
    )  # fmt: skip


def _stamps(step: PlannedStep, plan: PlannedCase, case: dict[str, Any]) -> dict[str, Any]:
    """The columns each step sets, as ``service.loop`` sets them."""
    at, who = step.at, step.actor_id
    sent_back = {
        "times_sent_back": case["times_sent_back"] + 1,
        "closed_at": None,
        "fed_back_at": None,
        "means": None,
    }
    stamps: dict[Event, dict[str, Any]] = {
        Event.ACCEPT: {"accepted_at": at},
        Event.REFUSE: {"fed_back_at": at},
        Event.DISPATCH: {"unit_id": plan.unit_id, "dispatcher_id": who, "dispatched_at": at},
        Event.RESPOND: {"responded_at": at},
        Event.HANDLE: {
            "handler_id": who,
            "handled_at": at,
            "responded_at": case["responded_at"] or at,
        },
        Event.SEND_BACK: {"verifier_id": who, **sent_back},
        Event.CLOSE: {
            "verifier_id": who,
            "closed_at": at,
            "fed_back_at": at,
            "means": step.means,
        },
        Event.REOPEN: sent_back,
        Event.URGE: {"times_urged": case["times_urged"] + 1},
    }
    return stamps.get(step.event, {})


def up_to(plan: PlannedCase, now: datetime) -> PlannedCase:
    """The same case as it stands now: steps that lie ahead have not been taken."""
    return replace(plan, steps=tuple(step for step in plan.steps if step.at <= now))
