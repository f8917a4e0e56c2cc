"""Auditors' samples of closed cases: drawn by a seed that anybody can use again."""

from dataclasses import replace
from functools import partial
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.queries import people_by_ids
from portal.accounts.rules import Permission
from portal.areas.queries import areas_by_codes
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.reports.forms.guard import DrawForm, FindingForm
from portal.reports.labels.guard import FINDINGS
from portal.reports.queries.guard import (
    DrawRow,
    SampledRow,
    draw_by_number,
    draws,
    results_of,
    sampled_of,
)
from portal.reports.rules.masking import masked
from portal.reports.rules.sampling import rank
from portal.reports.service.sampling import Wanted, draw_sample, record_finding
from portal.reports.views.blueprint import bp
from portal.reports.views.desk_case import case_here, case_words, history


@bp.route("/audit/draws", methods=["GET", "POST"])
@requires(Permission.AUDIT_DRAW)
def audit_draws() -> ResponseReturnValue:
    """Draw a sample, and every sample drawn before with its results."""
    form = DrawForm()
    return answer(form, "reports/audit/draws.html", partial(_draw, form), draws=draws(reading()))


def _draw(form: DrawForm, session: Session) -> str:
    wanted = Wanted(
        form.first.data,
        form.last.data,
        form.size.data,
        form.seed.data or "",
        form.place.data or "",
    )
    number = draw_sample(session, wanted, actor=current_actor(), now=now())
    return url_for("reports.audit_draw", draw=number)


def _known(number: str) -> DrawRow:
    known = clean_number(number)
    found = draw_by_number(reading(), known) if known else None
    if found is None:
        raise Missing
    return found


@bp.get("/audit/draws/<draw>")
@requires(Permission.AUDIT_DRAW)
def audit_draw(draw: str) -> ResponseReturnValue:
    """One sample: its seed, how to draw it again, its cases and the results."""
    found = _known(draw)
    rows = sampled_of(reading(), found)
    return render_template("reports/audit/draw.html", rows=rows, **_draw_words(found))


def _draw_words(found: DrawRow) -> dict[str, Any]:
    place = (found.place_path or "").strip("/").rpartition("/")[2]
    return {
        "draw": found,
        "results": results_of(reading(), found),
        "place": areas_by_codes(reading(), {place}).get(place) if place else None,
        "auditor": people_by_ids(reading(), {found.auditor_id}).get(found.auditor_id),
        "findings": FINDINGS,
        "rank": rank,
    }


@bp.route("/audit/draws/<draw>/<sampled>", methods=["GET", "POST"])
@requires(Permission.AUDIT_DRAW)
def audit_case(draw: str, sampled: str) -> ResponseReturnValue:
    """One case of a sample to read, without anybody's identity, and the finding."""
    found = _known(draw)
    row = next((one for one in sampled_of(reading(), found) if one.number == sampled), None)
    if row is None:
        raise Missing
    form = FindingForm()
    words = _case_words(found, row)
    act = partial(_record, found, row, form)
    return answer(form, "reports/audit/case.html", act, thanks=_l("Recorded."), **words)


def _case_words(found: DrawRow, row: SampledRow) -> dict[str, Any]:
    page = case_here(row.number)
    return {
        "row": row,
        "steps": [replace(step, text=masked(step.text)) for step in history(page)],
        "without_numbers": masked,
        **case_words(page),
        **_draw_words(found),
    }


def _record(found: DrawRow, row: SampledRow, form: FindingForm, session: Session) -> str:
    record_finding(
        session,
        found,
        row.number,
        form.chosen,
        form.words.data,
        actor=current_actor(),
        now=now(),
    )
    return url_for("reports.audit_draw", draw=found.number)
