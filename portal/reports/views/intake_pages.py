"""Around the report flow: the receipt, the paper form, the list of kinds, pending photos."""

import json
from typing import Any

from flask import Response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.qr import qr_svg
from portal.kernel.uploads import KeptPhotos, uploads_of
from portal.kernel.web import instance, reading
from portal.reports.labels.categories import GROUPS, limit_words, source_words
from portal.reports.queries.case import case_by_number
from portal.reports.queries.categories import categories_on, limits_on
from portal.reports.queries.links import link_target
from portal.reports.rules.categories import FunctionGroup
from portal.reports.rules.intake import RECEIPT_HOURS, Step
from portal.reports.service.drafts import find_draft, find_receipt
from portal.reports.views.blueprint import bp
from portal.reports.views.draft_session import DRAFT_COOKIE, RECEIPT_COOKIE, page_of
from portal.reports.views.neighbours import joined_page
from portal.reports.views.reporter_session import remember_reporter


@bp.get("/reports/new/done")
@public
def done() -> ResponseReturnValue:
    """The receipt: shown to the browser that sent the report, for a while."""
    receipt = _receipt()
    case = case_by_number(reading(), receipt["number"]) if receipt else None
    target = link_target(reading(), receipt["token"], now()) if receipt else None
    if receipt is None or case is None or target is None:
        return redirect(page_of(Step.PHOTO), 303)
    remember_reporter(case.number, target.reporter.id)
    if receipt.get("joined"):
        return joined_page(case, receipt["code"], receipt["token"], RECEIPT_HOURS * 60)
    qr = qr_svg(f"{instance().config.origin}/r/{receipt['token']}")
    page = render_template(
        "reports/new/done.html", case=case, code=receipt["code"], qr=qr, hours=RECEIPT_HOURS
    )
    return Response(page, headers={"Cache-Control": "no-store"})


def _receipt() -> dict[str, str] | None:
    """Number, look-up code and token of what this browser sent last."""
    token, person_id = request.cookies.get(RECEIPT_COOKIE), current_actor().person_id
    text = find_receipt(reading(), token, person_id, now())
    found: dict[str, str] | None = json.loads(text) if text else None
    return found


@bp.get("/reports/new/paper")
@public
def paper() -> ResponseReturnValue:
    """The same questions on a sheet to print and fill by hand."""
    link = f"{instance().config.origin}{page_of(Step.PHOTO)}"
    return render_template("reports/new/paper.html", groups=_kinds(), link=link, qr=qr_svg(link))


@bp.get("/reports/categories")
@public
def categories() -> ResponseReturnValue:
    """What can be reported, and how long handling may take: a public promise (R241)."""
    groups = _kinds()
    found = (kind["source"] for _, members in groups for kind in members if kind["source"])
    sources = list(dict.fromkeys(found))
    return render_template(
        "reports/categories.html", groups=groups, sources=sources, today=_today()
    )


def _today() -> Any:
    return city_day(now(), instance().city.zone)


def _kinds() -> list[tuple[Any, list[dict[str, Any]]]]:
    """The groups with their names and what is promised for each."""
    limits = limits_on(reading(), _today())
    rows = categories_on(reading(), _today())
    found = []
    for group in FunctionGroup:
        members = [row for row in rows if row.group is group]
        shown = [{"row": row, **_promised(limits.get(row.code))} for row in members]
        if shown:
            found.append((GROUPS[group], shown))
    return found


def _promised(limit: Any) -> dict[str, Any]:
    if limit is None:
        return {"promise": None, "source": None}
    return {"promise": limit_words(limit), "source": source_words(limit.source)}


@bp.get("/reports/new/photo/<token>")
@public
def pending_photo(token: str) -> ResponseReturnValue:
    """A photo that no report has taken yet: for the browser or the draft that it belongs to."""
    kept = (KeptPhotos(owner, (token,)) for owner in _owners())
    rows = [row for one in kept for row in uploads_of(reading(), one, now()).values()]
    if not rows:
        raise Missing
    try:
        picture = instance().blobs.open(rows[0].thumbnail_key)
    except KeyError as error:  # the file went with a discarded draft meanwhile
        raise Missing from error
    headers = {"Cache-Control": "private, no-store"}
    return Response(picture, mimetype="image/jpeg", headers=headers)


def _owners() -> list[str]:
    """Under which names this browser may have uploaded something."""
    token, person_id = request.cookies.get(DRAFT_COOKIE), current_actor().person_id
    draft = find_draft(reading(), token, person_id, now())
    return [owner for owner in (draft and draft.owner, session.get("browser")) if owner]
