"""The desk: my queue first, and what is overdue."""

from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Actor, Permission
from portal.kernel.clock import now
from portal.kernel.web import reading
from portal.reports.labels.desk import refusal_words
from portal.reports.queries.round import alerts_for
from portal.reports.queries.spikes import waiting_spikes
from portal.reports.rules.desk import asked_task
from portal.reports.service.desk import cases_called, number_meant
from portal.reports.views.blueprint import bp
from portal.reports.views.desk_batches import just_done
from portal.reports.views.desk_queue import case_url, queue_parts


@bp.get("/desk/")
@requires(Permission.DESK_OPEN)
def desk() -> ResponseReturnValue:
    """The cases that wait for me, the most pressing first."""
    actor, typed = current_actor(), request.args.get("number", "")
    found = cases_called(reading(), typed, actor)
    if number := number_meant(typed, found):
        return redirect(case_url(number, task=asked_task(request.args.get("task"), actor).value))
    return render_template(
        "reports/desk/queue.html",
        unknown_number="" if found else typed,
        same_number=found,
        **_said_above(actor),
        **queue_parts(actor, now()),
    )


def _said_above(actor: Actor) -> dict[str, Any]:
    """What stands above the list: what the last press did, and new illegal buildings."""
    places = actor.places_for(Permission.REPORT_DISPATCH)
    return {
        "ticked_none": request.args.get("ticked") == "none",
        "done": just_done(actor),
        "refusal_words": refusal_words,
        "alerts": alerts_for(reading(), actor, now()),
        "warnings": waiting_spikes(reading(), places) if places != () else 0,
    }
