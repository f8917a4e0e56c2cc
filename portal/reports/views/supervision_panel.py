"""What the page of a case says of its listing, and the links between pages of many cases."""

from datetime import datetime
from typing import Any

from flask import url_for

from portal.accounts.access import current_actor
from portal.accounts.rules import Actor, Permission
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.web import reading
from portal.reports.labels.supervision import ENDINGS, LISTED
from portal.reports.queries.supervision import listing_of, listings_of
from portal.reports.rules.transitions import OPEN
from portal.reports.service.desk import DeskCase
from portal.reports.service.supervision import may_supervise
from portal.reports.views.blueprint import bp


def insight_links(actor: Actor) -> list[tuple[Any, str]]:
    """The pages that look at many cases at once, for whoever may open them."""
    rows = (
        (Permission.REPORT_READ, _l("Listed supervision"), "desk_supervision"),
        (Permission.REPORT_DISPATCH, _l("Daily digest"), "desk_digests"),
        (Permission.REPORT_DISPATCH, _l("Early warning"), "desk_warnings"),
        (Permission.REPORT_DISPATCH, _l("Hot spots and hard cases"), "desk_hotspots"),
        (Permission.FIGURES_READ, _l("Case figures"), "desk_figures"),
        (Permission.FIGURES_READ, _l("How matters were solved"), "desk_means"),
        (Permission.ORDER_EXCHANGE, _l("Take over work orders"), "desk_import"),
        (Permission.ORDER_EXCHANGE, _l("Hand out work orders"), "desk_export"),
        (Permission.IDENTITY_EXPORT, _l("Personal data in bulk"), "ask_personal"),
        (Permission.DISPUTE_SETTLE, _l("Disputed cases"), "desk_disputes"),
        (Permission.FIGURES_READ, _l("Service contracts"), "desk_contracts"),
        (Permission.REPORT_READ, _l("Service companies"), "desk_companies"),
        (Permission.REPORT_DISPATCH, _l("Prepared words"), "desk_replies"),
        (Permission.REPORT_HANDLE, _l("Prepared words"), "desk_replies"),
        (Permission.DEDUCTION_PROPOSE, _l("Deductions"), "credit.desk_deductions"),
        (Permission.DEDUCTION_CONFIRM, _l("Deductions"), "credit.desk_deductions"),
    )
    found = {page: words for verb, words, page in rows if actor.may(verb)}
    return [(words, url_for(_endpoint(page))) for page, words in found.items()]


def _endpoint(page: str) -> str:
    """Pages of this package by their own name, those of others by their whole one."""
    return page if "." in page else f"reports.{page}"


bp.app_template_global("insight_links")(lambda: insight_links(current_actor()))


def supervision_panel(page: DeskCase) -> dict[str, Any]:
    """What the page of a case says of its listing, and what its reader can do about it."""
    listing = listing_of(reading(), page.case, now())
    may = may_supervise(current_actor(), page.case)
    listed = listing is not None and listing.open
    return {
        "listing": listing,
        "endings": ENDINGS,
        "supervising": may and listed,
        "may_list": may and not listed and page.case.state in OPEN,
    }


def listing_steps(page: DeskCase) -> list[tuple[datetime, str, str]]:
    """(moment, title, text): when the case was put on the list of supervision and taken off.

    Why somebody listed it, and what the check found, only the desk reads.
    """
    found = []
    for row in listings_of(reading(), page.case, now()):
        found.append((row.listed_at, str(LISTED), (row.reason or "") if page.insider else ""))
        if row.delisted_at is not None and row.ending is not None:
            told = (row.finding or "") if page.insider else ""
            found.append((row.delisted_at, str(ENDINGS[row.ending]), told))
    return found
