"""What a worker of the bench serves: the portal, and beside it the least that could be served."""

from typing import Any

from flask import Flask, Response, g, has_request_context, render_template
from sqlalchemy import event, insert

from portal.accounts.access import public
from portal.kernel.clock import now
from portal.kernel.ids import new_id, new_number
from portal.kernel.web import database, reading
from portal.reports.models import Case, CaseEvent
from portal.reports.queries.listing import Listing, listing
from portal.reports.rules.codes import Event, Source, State
from portal.reports.rules.listing import Asked
from portal.reports.views.public import list_context
from portal.site.wsgi import build as build_portal

QUERIES = "X-Bench-Queries"


def build() -> Flask:
    """The portal with two more addresses, and the number of queries in every answer."""
    app = build_portal()
    _count_queries(app)
    app.add_url_rule("/bench/fixed", view_func=fixed)
    app.add_url_rule("/bench/insert", view_func=two_inserts, methods=["POST"])
    return app


def _count_queries(app: Flask) -> None:
    def counted(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if has_request_context() and not statement.startswith("BEGIN"):
            g.bench_queries = g.get("bench_queries", 0) + 1

    def told(response: Response) -> Response:
        response.headers[QUERIES] = str(g.get("bench_queries", 0))
        return response

    base = app.extensions["gongzhi_database"]
    for engine in (base.reader, base.writer):
        event.listen(engine, "before_cursor_execute", counted)
    app.after_request(told)


_kept: list[Listing] = []


@public
def fixed() -> str:
    """The list's own template from rows that were read once: what only drawing costs."""
    if not _kept:
        _kept.append(listing(reading(), Asked()))
    return render_template("reports/public/list.html", **list_context(_kept[0]))


@public
def two_inserts() -> str:
    """The least a report could be: a case and its first event in one transaction."""
    moment, case_id = now(), new_id()
    case = {
        "district": "bench", "id": case_id, "number": new_number(), "category_code": "litter",
        "state": State.REPORTED, "source": Source.RESIDENT, "area_id": new_id(),
        "place_path": "/bench/", "limit_minutes": 480, "found_at": moment, "updated_at": moment,
    }  # fmt: skip
    first = {
        "district": "bench", "id": new_id(), "case_id": case_id, "at": moment,
        "event": Event.REPORT, "to_state": State.REPORTED, "cycle": 1, "public": True,
    }  # fmt: skip
    with database().write() as session:
        session.execute(insert(Case.__table__), case)
        session.execute(insert(CaseEvent.__table__), first)
    return "kept"
