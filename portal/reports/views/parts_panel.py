"""What the page of a case says of its parts, of its whole, and of the joint meeting."""

from typing import Any

from portal.accounts.access import current_actor
from portal.kernel.clock import city_day
from portal.kernel.web import instance, reading
from portal.organisations.queries import organisations_by_codes, organisations_by_ids
from portal.reports.queries.case_parts import disputes_of, parts_under, results_of, whole_of
from portal.reports.queries.contracts import contracts_at, link_of
from portal.reports.queries.public import kinds
from portal.reports.rules.codes import Source
from portal.reports.rules.desk import CLERK
from portal.reports.rules.disputes import DISPUTED_FROM, times_disputed
from portal.reports.service.desk import DeskCase
from portal.reports.service.loop import may_see


def _contract(page: DeskCase) -> dict[str, Any]:
    """The contract that a case is about; the way to put it right where there is any contract."""
    session, may = reading(), CLERK in page.held and page.insider
    day = city_day(page.case.found_at, instance().city.zone)
    link = link_of(session, page.case)
    found = link.contract if link else None
    codes = {found.contractor, found.department} if found else set()
    return {
        "contract_link": link,
        "contract_units": organisations_by_codes(session, codes),
        "may_contract": may and bool(link or contracts_at(session, page.case.place_path, day)),
    }


def parts_panel(page: DeskCase) -> dict[str, Any]:
    """The whole of a part, or the parts of a whole with what each has come to; disputes."""
    session, case, actor = reading(), page.case, current_actor()
    whole = whole_of(session, case)
    parts = [] if case.source is Source.PART else results_of(session, parts_under(session, case))
    times = times_disputed(case.times_returned, case.times_reassigned)
    disputes = disputes_of(session, case) if times >= DISPUTED_FROM else []
    units = {part.case.unit_id for part in parts} | {one.meeting_id for one in disputes}
    units |= {one.unit_id for one in disputes}
    named = {code: kind.names for code, kind in kinds(session).items()} if parts else {}
    return {
        "whole": whole,
        "whole_open": whole is not None and may_see(actor, whole),
        "case_parts": [(part, may_see(actor, part.case)) for part in parts],
        "part_kinds": named,
        "part_units": organisations_by_ids(session, {unit for unit in units if unit}),
        "disputes": disputes,
        **_contract(page),
    }
