"""The other ways (law P6): which paper form belongs beside a page, and what it leads back to."""

from typing import Any, Final

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal.kernel.qr import qr_svg
from portal.kernel.web import instance
from portal.site.services import BY_CODE, Service, service_of

LONGEST_PAGE: Final = 200
# its form lists the kinds of problems: it lives with the reports
REPORT: Final = "report"
# pages of one matter, one place, one month: their paper form leads back to just them. Nothing with
# a secret in its address is among them.
OF_ONE_THING: Final = frozenset(
    {
        "reports.show", "reports.rate", "reports.rated", "reports.reopen", "reports.urge",
        "reports.withdraw", "reports.add_photo", "places.place", "satisfaction.month",
    }
)  # fmt: skip


def ways_for(code: str | None = None) -> dict[str, Any]:
    """The service that this page belongs to (or the named one), and the address of its form."""
    endpoint = request.endpoint or ""
    service = BY_CODE.get(code or "") or service_of(endpoint)
    page = request.path if endpoint in OF_ONE_THING else None
    paper = url_for("site.paper_form", code=service.code, page=page)
    if service.code == REPORT:
        paper = url_for("reports.paper")
    return {"service": service, "paper": paper}


def page_of_form(service: Service) -> tuple[str, dict[str, Any]]:
    """(address, its values) of the page that a form leads back to: only pages of that service."""
    asked = request.args.get("page", "")[:LONGEST_PAGE]
    try:
        endpoint, values = current_app.url_map.bind("").match(asked.partition("?")[0], "GET")
    except (HTTPException, RequestRedirect):
        return service.url, {}
    if endpoint not in OF_ONE_THING or service_of(endpoint) is not service:
        return service.url, {}
    return url_for(endpoint, **values), dict(values)


def form_context(service: Service) -> dict[str, Any]:
    """What a paper form shows besides its questions: where its page is, also as a QR code."""
    page, values = page_of_form(service)
    link = f"{instance().config.origin}{page}"
    return {"service": service, "link": link, "qr": qr_svg(link), "values": values}
