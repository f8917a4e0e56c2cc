"""The desk: my queue first, what is overdue, and my grid."""

from dataclasses import replace
from datetime import timedelta

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Actor, Permission
from portal.kernel.clock import now
from portal.kernel.ids import clean_number
from portal.kernel.web import reading
from portal.organisations.queries import organisations_by_ids
from portal.reports.labels.desk import refusal_words
from portal.reports.queries.desk import desk_page, read_cursor
from portal.reports.queries.grid import grid_figures
from portal.reports.rules.desk import Task, asked_task
from portal.reports.service.desk import cases_called
from portal.reports.views.blueprint import bp
from portal.reports.views.desk_batches import just_done
from portal.reports.views.desk_queue import case_url, list_parts, queue_parts

MONTH = timedelta(days=30)


@bp.get("/desk/")
@requires(Permission.DESK_OPEN)
def desk() -> ResponseReturnValue:
    """The cases that wait for me, the most pressing first."""
    actor, typed = current_actor(), request.args.get("number", "")
    found = cases_called(reading(), typed, actor)
    if number := found[0] if len(found) == 1 else clean_number(typed) if not found else None:
        return redirect(case_url(number, task=asked_task(request.args.get("task"), actor).value))
    return render_template(
        "reports/desk/queue.html",
        unknown_number="" if found else typed,
        same_number=found,
        ticked_none=request.args.get("ticked") == "none",
        done=just_done(actor),
        refusal_words=refusal_words,
        **queue_parts(actor, now()),
    )


@bp.get("/desk/grid")
@requires(Permission.REPORT_RESPOND)
def desk_grid() -> ResponseReturnValue:
    """My grid: its figures, and every open case in it (R062, R063)."""
    actor, moment = current_actor(), now()
    mine = _grid_actor(actor)
    after = read_cursor(request.args.get("after"))
    page = desk_page(reading(), mine, Task.OPEN, moment, after=after)
    figures = grid_figures(reading(), _grid_places(actor), moment - MONTH, moment)
    units = organisations_by_ids(reading(), {row.unit_id for row in page.rows if row.unit_id})
    return render_template(
        "reports/desk/grid.html", figures=figures, **list_parts(page, units, moment)
    )


def _grid_places(actor: Actor) -> tuple[str, ...] | None:
    """Where somebody answers first: her grids."""
    return actor.places_for(Permission.REPORT_RESPOND)


def _grid_actor(actor: Actor) -> Actor:
    """The reader with the reach of her grids only, wherever else she may read."""
    places = _grid_places(actor)
    grants = (
        replace(grant, permission=Permission.REPORT_READ)
        for grant in actor.grants
        if grant.permission is Permission.REPORT_RESPOND
    )
    return actor if places is None else replace(actor, grants=frozenset(grants))
