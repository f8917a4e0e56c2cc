"""The board of shifts that may not take place as planned."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.kernel.clock import now
from portal.kernel.web import reading
from volunteers.labels.at_risk import REMEDIES, RISKS, URGENCIES
from volunteers.queries.at_risk import AtRisk, shifts_at_risk
from volunteers.rules.at_risk import LOOKED_AT, SHOWN, Risk
from volunteers.service.limits import clock_of, messaging_of
from volunteers.views.blueprint import bp
from volunteers.views.places import places_of

# which page of a shift is the place to do something about it
_PAGES = dict.fromkeys(Risk, "volunteers.shift_people") | {
    Risk.UNCONFIRMED: "volunteers.shift_message"
}


@bp.get("/desk/volunteers/at-risk")
@requires(Permission.SHIFT_MANAGE)
def at_risk() -> ResponseReturnValue:
    """Coming shifts of my places that need my attention, the most urgent first."""
    session, messaging = reading(), messaging_of(reading())
    scopes = current_actor().places_for(Permission.SHIFT_MANAGE)
    board = shifts_at_risk(session, scopes, messaging, clock_of(session, now()))
    rows = board.rows[:SHOWN]
    return render_template(
        "volunteers/desk/at_risk.html", groups=_groups(rows), more=len(board.rows) - len(rows),
        all_looked_at=board.all_looked_at, looked_at=LOOKED_AT, days=messaging.board.days,
        places=places_of([row.shift for row in rows]), risks=RISKS, remedies=REMEDIES,
        urgencies=URGENCIES, pages=_PAGES,
    )  # fmt: skip


def _groups(rows: Sequence[AtRisk]) -> list[dict[str, Any]]:
    """The shifts by urgency, in the order in which they stand."""
    by_urgency = groupby(rows, attrgetter("urgency"))
    return [{"urgency": urgency, "rows": list(group)} for urgency, group in by_urgency]
