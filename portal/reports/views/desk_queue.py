"""The queue as its reader has narrowed it: read from the address, and kept in every address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from babel.dates import format_skeleton
from flask import request, url_for

from portal.accounts.access import current_actor
from portal.accounts.rules import Actor, Permission
from portal.kernel.calendars import Calendars, calendars_of, missing_years
from portal.kernel.clock import local
from portal.kernel.i18n import current_language
from portal.kernel.web import Session, instance, reading
from portal.organisations.queries import OrganisationRow
from portal.reports.forms.desk import read_key
from portal.reports.labels.case import SOURCES, STATE_KINDS, STATES
from portal.reports.labels.desk import BATCH_ACTIONS, TASKS, handled_words, left_words, paused_words
from portal.reports.queries.case import CaseRow
from portal.reports.queries.desk import (
    PAGE,
    Cursor,
    DeskPage,
    PlaceOption,
    cursor_of,
    desk_counts,
    desk_page,
    place_options,
    read_cursor,
    units_named,
)
from portal.reports.rules.codes import Pause, Source, State
from portal.reports.rules.desk import Narrowed, Task, asked_task, is_clerk, tasks_of, wider_tasks
from portal.reports.rules.pauses import HasClock, due_at, stands_still
from portal.reports.rules.timeleft import time_left
from portal.reports.rules.transitions import OPEN
from portal.reports.service.proposals import Kinds, kinds_today

KEPT = ("task", "place", "category", "unit", "source", "late", "urgent", "after")
LONGEST_PATH = 200


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    task: Task
    narrowed: Narrowed
    after: Cursor | None


def asked_queue(actor: Actor) -> Asked:
    """The list and its filters; whatever makes no sense is left out."""
    narrowed = Narrowed(
        place_path=_path(request.args.get("place", "")),
        category=request.args.get("category") or None,
        unit_id=read_key(request.args.get("unit")),
        late=bool(request.args.get("late")),
        urgent=bool(request.args.get("urgent")),
        source=_source(request.args.get("source", "")),
    )
    task = asked_task(request.args.get("task"), actor)
    return Asked(task, narrowed, read_cursor(request.args.get("after")))


def _source(text: str) -> Source | None:
    return Source(text) if text in set(Source) else None


def _path(text: str) -> str | None:
    whole = text.startswith("/") and text.endswith("/") and 1 < len(text) < LONGEST_PATH
    return text if whole else None


def in_queue() -> bool:
    """Whether the page was opened from a list, to which it leads back."""
    return "task" in request.args


def kept(**changes: str | None) -> dict[str, Any]:
    """The list and its filters as arguments of an address, some of them changed."""
    values: dict[str, str | None] = {name: request.args.get(name) for name in KEPT}
    values |= changes
    return {name: value for name, value in values.items() if value}


def queue_url(**changes: str | None) -> str:
    """The list without a case."""
    return url_for("reports.desk", **kept(**changes))


def case_url(number: str, **changes: str | None) -> str:
    """A case, beside its list if it was opened from one: then the page begins with the case."""
    values = kept(**changes)
    anchor = "case" if "task" in values else None
    return url_for("reports.desk_case", number=number, _anchor=anchor, **values)


class HasPromise(HasClock, Protocol):
    """A case or a row of one, as far as its promise goes."""

    @property
    def pause(self) -> Pause | None: ...

    @property
    def calendar_code(self) -> str | None: ...

    @property
    def round_the_clock(self) -> bool: ...


def left_in_words(
    case: HasPromise, moment: datetime, *, late: bool, calendars: Calendars | None = None
) -> str:
    """The working time that is left, or what is waited for; empty when the calendar does not say,
    or nothing is open.
    """
    if case.state not in OPEN:
        return ""
    if case.pause is not None and case.paused_until is not None and stands_still(case, moment):
        return paused_words(case.pause, last_day(case.paused_until))
    due = due_at(case, moment)
    if due is None:
        return ""
    if case.state is State.HANDLED:
        return handled_words(late=late)
    known = calendars or calendars_of(reading())
    left = time_left(
        due,
        moment,
        round_the_clock=case.round_the_clock,
        calendar=known.get(case.calendar_code),
        zone=instance().city.zone,
    )
    return left_words(left)


def last_day(until: datetime) -> str:
    """The last day of a pause in words: it ends at the midnight after it."""
    zone = instance().city.zone
    at = local(until - timedelta(microseconds=1), zone)
    return format_skeleton("yMMMd", at, tzinfo=zone, locale=current_language())


def queue_parts(actor: Actor, moment: datetime, selected: CaseRow | None = None) -> dict[str, Any]:
    """The list with all that stands around it: six queries, however long it is."""
    asked = asked_queue(actor)
    page = desk_page(
        reading(), actor, asked.task, moment, narrowed=asked.narrowed, after=asked.after
    )
    counts = desk_counts(reading(), actor, moment, asked.narrowed)
    kinds = kinds_today(reading(), moment)
    scopes = actor.places_for(Permission.REPORT_READ)
    places = place_options(reading(), scopes, asked.narrowed.place_path)
    units, at_work = units_named(reading(), actor, {r.unit_id for r in page.rows if r.unit_id})
    return {
        **list_parts(page, units, moment, asked.task),
        **_filters(asked, kinds, places, at_work),
        "task": asked.task,
        "title": TASKS[asked.task],
        "tabs": _tabs(actor, counts),
        "late_cases": counts.get(Task.LATE, 0),
        "late_url": queue_url(task=Task.LATE.value, after=None),
        "may_grid": actor.places_for(Permission.GRID_WORK) != (),
        "may_file": actor.may(Permission.REPORT_FILE),
        "may_moderate": actor.places_for(Permission.REPORT_MODERATE) != (),
        "kinds_today": kinds,
        **_beside(page, selected),
        **_ticking(actor),
    }


def list_parts(
    page: DeskPage,
    units: Mapping[UUID, OrganisationRow],
    moment: datetime,
    task: Task | None = None,
) -> dict[str, Any]:
    """The rows with the words that belong to them."""
    calendars = calendars_of(reading())
    return {
        "rows": page.rows,
        "left": {
            row.number: left_in_words(row, moment, late=row.late, calendars=calendars)
            for row in page.rows
        },
        "missing_years": sorted({one.year for one in missing_years(reading(), moment, calendars)}),
        "may_add_years": current_actor().may(Permission.AREA_MANAGE),
        "units": units,
        "states": STATES,
        "sources": SOURCES,
        "kinds": STATE_KINDS,
        "tasks": TASKS,
        "case_url": case_url,
        "row_url": partial(case_url, task=task.value) if task else case_url,
        "next_url": _here(after=str(page.next)) if page.next else None,
        "first_url": _here(after=None) if request.args.get("after") else None,
    }


def _here(after: str | None) -> str:
    """This list from another row on."""
    return url_for("reports.desk", **kept(after=after))


def _tabs(actor: Actor, counts: Mapping[Task, int]) -> list[tuple[Any, str, int | None, Task]]:
    mine = tasks_of(actor)
    shown = ((Task.MINE,) if mine else ()) + (*mine, *wider_tasks(actor))
    return [(TASKS[t], queue_url(task=t.value, after=None), counts.get(t), t) for t in shown]


def _filters(
    asked: Asked, kinds: Kinds, places: Sequence[PlaceOption], units: Sequence[OrganisationRow]
) -> dict[str, Any]:
    """What the list can be narrowed to, and what it is narrowed to."""
    narrowed = asked.narrowed
    return {
        "narrowed": narrowed,
        "is_narrowed": narrowed != Narrowed(),
        "places": places,
        "source_options": SOURCES,
        "kind_options": [kind for kind, _ in kinds],
        "unit_options": sorted(units, key=lambda unit: unit.code),
        "wide_url": url_for("reports.desk", task=asked.task.value),
    }


def _beside(page: DeskPage, selected: CaseRow | None) -> dict[str, Any]:
    """The neighbours of the open case in its list; the first row when none is open."""
    numbers = [row.number for row in page.rows]
    if selected is None or selected.number not in numbers:
        following = numbers[0] if numbers else None
        return {"previous_case": None, "next_case": following}
    at = numbers.index(selected.number)
    return {
        "previous_case": numbers[at - 1] if at else None,
        "next_case": numbers[at + 1] if at + 1 < len(numbers) else None,
    }


def _ticking(actor: Actor) -> dict[str, Any]:
    """Whether rows can be ticked, and what can be done to the ticked ones."""
    all_ticked = bool(request.args.get("all"))
    return {
        "may_tick": is_clerk(actor),
        "all_ticked": all_ticked,
        "tick_url": queue_url(all=None if all_ticked else "1"),
        "batch_actions": BATCH_ACTIONS,
        "kept_pairs": list(kept().items()),
    }


def next_address(
    session: Session, actor: Actor, case: CaseRow, moment: datetime, **more: str
) -> str:
    """Where a case that is done leads: the next of its list, or the list when it is empty."""
    asked = asked_queue(actor)
    mine = cursor_of(case, asked.task)

    def rows(after: Cursor | None, size: int) -> list[str]:
        found = desk_page(
            session, actor, asked.task, moment, narrowed=asked.narrowed, after=after, size=size
        )
        return [row.number for row in found.rows if row.number != case.number]

    following = rows(mine, 2)[:1]
    shown = rows(asked.after, PAGE)
    task = asked.task.value
    if following and following[0] in shown:
        return case_url(following[0], task=task, **more)
    if following:
        return case_url(following[0], task=task, after=str(mine), **more)
    if shown:
        return case_url(shown[0], task=task, **more)
    return queue_url(task=task, after=None, **more)
