"""The list of disputed cases, for the command centre that may put them before the meeting."""

from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.kernel.ids import clean_number
from portal.kernel.web import reading
from portal.organisations.queries import OrganisationRow, organisations_by_ids
from portal.reports.labels.case import STATE_KINDS, STATES
from portal.reports.queries.disputed import DisputedPage, disputed_cases
from portal.reports.rules.disputes import DISPUTED_FROM
from portal.reports.views.blueprint import bp


@bp.get("/desk/disputes")
@requires(Permission.DISPUTE_SETTLE)
def desk_disputes() -> ResponseReturnValue:
    """Cases that units returned or passed on more than once (R181)."""
    after = clean_number(request.args.get("after", ""))
    page = disputed_cases(reading(), current_actor(), after=after)
    following = url_for("reports.desk_disputes", after=page.next_after)
    return render_template(
        "reports/desk/disputes.html",
        rows=page.rows,
        units=_units(page),
        times=DISPUTED_FROM,
        states=STATES,
        kinds=STATE_KINDS,
        next_url=following if page.next_after else None,
        first_url=url_for("reports.desk_disputes") if after else None,
    )


def _units(page: DisputedPage) -> dict[UUID, OrganisationRow]:
    """The units that have the cases now, and those that the meeting named."""
    ids = {row.unit_id for row in page.rows}
    ids |= {row.dispute.unit_id for row in page.rows if row.dispute}
    return organisations_by_ids(reading(), {unit for unit in ids if unit})
