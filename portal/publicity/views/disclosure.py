"""Disclosure as everybody reads it: inputs, results, key tasks; the four rights."""

from typing import Any, Final

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.accounts.rules import roles
from portal.areas.queries import areas_by_ids, switches
from portal.areas.rules import Feature
from portal.conventions.queries.tasks import task_counts as meeting_tasks
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.ids import clean_number
from portal.kernel.web import instance, reading
from portal.organisations.queries import organisations, organisations_by_ids
from portal.publicity.labels.disclosure import INPUT_KINDS, TASK_STATES
from portal.publicity.queries.disclosure import (
    INPUTS_PAGE,
    TaskRow,
    changes_of,
    inputs_disclosed,
    task_by_number,
    tasks_disclosed,
)
from portal.publicity.rules.rights import rights
from portal.publicity.views.blueprint import bp
from portal.satisfaction.labels import month_words
from portal.satisfaction.queries.releases import releases

FOLDER: Final = "publicity/disclosure"
NEWEST: Final = 6


@bp.get("/disclosure/")
@public
def disclosure() -> ResponseReturnValue:
    """What goes in, what comes out, and the key tasks; each with its source."""
    session, today = reading(), city_day(now(), instance().city.zone)
    return render_template(
        f"{FOLDER}/page.html", **inputs_in_words(), **tasks_in_words(tasks_disclosed(session)),
        units=len(organisations(session, on=today)),
        streets=sum(
            row.feature is Feature.REPORTS and row.live(today) for row in switches(session)
        ),
        releases=[row for row in releases(session) if row.newest][:NEWEST],
        meetings=meeting_tasks(session, None, today), month_words=month_words,
    )  # fmt: skip


def inputs_in_words() -> dict[str, Any]:
    """A page of the figures, with the names of their places."""
    typed = request.args.get("page", "")
    # more pages than figures can be entered
    page = int(typed) if typed.isascii() and typed.isdigit() and 0 < len(typed) < 5 else 1
    found = inputs_disclosed(reading(), max(page, 1))
    rows = found[:INPUTS_PAGE]
    return {
        "inputs": rows, "kinds": INPUT_KINDS,
        "next_inputs": max(page, 1) + 1 if len(found) > INPUTS_PAGE else None,
        "input_areas": areas_by_ids(reading(), {row.area_id for row in rows}),
    }  # fmt: skip


def tasks_in_words(rows: list[TaskRow]) -> dict[str, Any]:
    """Key tasks, with the names of their units and places."""
    return {
        "tasks": rows, "states": TASK_STATES, "today": city_day(now(), instance().city.zone),
        "leads": organisations_by_ids(reading(), {row.organisation_id for row in rows}),
        "task_areas": areas_by_ids(reading(), {row.area_id for row in rows}),
    }  # fmt: skip


@bp.get("/disclosure/tasks/<number>")
@public
def key_task(number: str) -> ResponseReturnValue:
    """A key task and every change of it, with the role by which it was made."""
    row = task_by_number(reading(), clean_number(number) or "")
    if row is None:
        raise Missing
    return render_template(
        f"{FOLDER}/task.html", row=row, changes=changes_of(reading(), row.id),
        roles={code: role.names for code, role in roles().items()}, **tasks_in_words([row]),
    )  # fmt: skip


@bp.get("/rights")
@public
def four_rights() -> ResponseReturnValue:
    """The four rights, each with the pages of this portal that serve it."""
    rows = [
        (words, [(door.words, url_for(door.endpoint)) for door in doors])
        for words, doors in rights()
    ]
    return render_template(f"{FOLDER}/rights.html", rows=rows)
