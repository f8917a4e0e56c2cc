"""What the retaliation guard did: figures for everybody, alarms for auditors."""

from typing import Any
from uuid import UUID

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from credit.labels.log import whole_month
from credit.queries.guard import own_units
from credit.queries.retaliation import PAGE, alarms_for, published_months
from credit.rules.guard import Probing
from credit.rules.retaliation import SMALLEST_CELL, PublishedMonth
from credit.views.blueprint import bp
from portal.accounts.access import current_actor, public, requires
from portal.accounts.queries import people_by_ids
from portal.accounts.rules import Permission
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import in_words
from portal.kernel.spreadsheets import csv_bytes
from portal.kernel.web import reading
from portal.organisations.queries import organisations_by_ids

CSV_COLUMNS = (
    "month", "proposals", "proposals_since", "refused", "sent_outside", "guarded_since", "alarms",
    "alarms_since",
)  # fmt: skip


@bp.get("/credit/retaliation")
@public
def retaliation() -> ResponseReturnValue:
    """Month by month: deductions proposed, refused for protection, sent outside; alarms."""
    months = published_months(reading())[::-1]
    return render_template(
        "credit/guard/retaliation.html", months=months, smallest=SMALLEST_CELL,
        whole_month=whole_month,
    )  # fmt: skip


@bp.get("/credit/retaliation.csv")
@public
def retaliation_csv() -> ResponseReturnValue:
    """The same as a file. Empty cells are withheld."""
    rows = [_row(month) for month in published_months(reading())]
    response = Response(csv_bytes(CSV_COLUMNS, rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="retaliation.csv"'
    return response


def _row(month: PublishedMonth) -> tuple[object, ...]:
    return (
        month.month, month.proposals, month.proposals_from, month.never, month.outside,
        month.guarded_from, month.alarms, month.alarms_from,
    )  # fmt: skip


@bp.get("/audit/retaliation")
@requires(Permission.AUDIT_READ)
def audit_retaliation() -> ResponseReturnValue:
    """Who proposes again and again about people who had complained. Never about oneself."""
    actor, session = current_actor(), reading()
    if actor.person_id is None:
        raise Missing
    units = own_units(session, actor.person_id, now())
    rows = alarms_for(session, actor.person_id, units, before=_before(), limit=PAGE + 1)
    shown, more = rows[:PAGE], len(rows) > PAGE
    return render_template(
        "credit/guard/audit.html",
        rows=shown,
        following=shown[-1].id if more else None,
        **_names(shown),
    )


def _before() -> UUID | None:
    try:
        return UUID(request.args.get("before", ""))
    except ValueError:
        return None


def _names(rows: Any) -> dict[str, Any]:
    people = {row.about_id for row in rows if row.about is Probing.PROPOSER}
    units = {row.about_id for row in rows if row.about is Probing.UNIT}
    named = people_by_ids(reading(), people)
    return {
        "people": {person: row.display_name for person, row in named.items()},
        "units": {
            unit: in_words(row.names)
            for unit, row in organisations_by_ids(reading(), units).items()
        },
        "Probing": Probing,
    }
