"""Service companies as everybody sees them: how they stand, since when, and their scores."""

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public
from portal.areas.queries import areas_by_codes
from portal.kernel.clock import city_day, now
from portal.kernel.i18n import in_words
from portal.kernel.sheets import write_table
from portal.kernel.web import instance, reading
from portal.kernel.words import say
from portal.organisations.queries import organisations_by_codes
from portal.reports.labels.companies import PARTS, STANDING_KINDS
from portal.reports.queries.companies import (
    CompanyRow,
    ScoreRow,
    checks_of,
    companies,
    company,
    scores,
    standing_scores,
    steps_of,
)
from portal.reports.rules.companies import Outcome, counts
from portal.reports.rules.company_scores import (
    Part,
    formula_by_version,
    formulas,
    interval,
)
from portal.reports.service.companies import sees
from portal.reports.views.blueprint import bp
from portal.reports.views.desk_contracts import work_words
from portal.reports.views.downloads import dated, hand_out
from portal.satisfaction.rules.bands import band_of

SHOWN_CHECKS = 20


def score_words() -> dict[str, Any]:
    """What templates need to show a score and what it was made of."""
    return {
        "parts": PARTS,
        "Part": Part,
        "standing_kinds": STANDING_KINDS,
        "formula_of": formula_by_version,
        "band_of": band_of,
        "interval": interval,
    }


def contract_words(rows: Sequence[CompanyRow]) -> dict[str, Any]:
    """What templates need to show contracts."""
    session, listed = reading(), [one for row in rows for one in row.contracts]
    return {
        "places": areas_by_codes(session, {one.area_code for one in listed if one.area_code}),
        "units": organisations_by_codes(session, {one.department for one in listed}),
        "work_words": work_words(),
        "on": city_day(now(), instance().city.zone),
    }


@bp.get("/companies/")
@public
def companies_page() -> ResponseReturnValue:
    """Every service company: how it stands since when, and its last score."""
    rows = companies(reading())
    stand = standing_scores(scores(reading(), [row.unit.id for row in rows]))
    last: dict[Any, ScoreRow] = {}
    for one in stand:
        last.setdefault(one.unit_id, one)
    return render_template(
        "reports/companies/list.html", rows=rows, last=last, formula=formulas()[-1],
        **score_words(),
    )  # fmt: skip


@bp.get("/companies/<code>")
@public
def company_page(code: str) -> ResponseReturnValue:
    """One company: its contracts, every step that was taken, its checks and its scores."""
    row = company(reading(), code)
    if row is None:
        abort(404)
    return render_template(
        "reports/companies/show.html",
        row=row,
        **_told(row),
        at_desk=sees(current_actor(), row),
        **contract_words([row]),
        **score_words(),
    )


def _told(row: CompanyRow) -> dict[str, Any]:
    """What was decided of a company, and what counts."""
    session, unit_id, moment = reading(), row.unit.id, now()
    checks = [one for one in checks_of(session, unit_id) if counts(one, moment)]
    return {
        "steps": [one for one in steps_of(session, unit_id) if one.outcome is Outcome.STANDS],
        "checks": checks[:SHOWN_CHECKS],
        "scores": scores(session, [unit_id]),
    }


@bp.get("/companies/scores.<kind>")
@public
def company_scores(kind: str) -> ResponseReturnValue:
    """Every score that stands with the counts behind it, as a table."""
    if kind not in {"csv", "xlsx"}:
        abort(404)
    rows = companies(reading())
    names = {row.unit.id: (row.unit.code, in_words(row.unit.names)) for row in rows}
    return hand_out(partial(_write, names, standing_scores(scores(reading(), names))), kind)


def _write(names: dict[Any, tuple[str, str]], rows: Iterable[ScoreRow], path: Path) -> str:
    columns = [f"{part.value}_{number}" for part in Part for number in ("got", "of", "known")]
    header = [
        "company", "name", "quarter", "revision", "formula", "points", "disputed", *columns,
        "inputs", "sha256",
    ]  # fmt: skip
    write_table(path, header, (_line(names[row.unit_id], row) for row in rows))
    return dated("company-scores")


def _line(name: tuple[str, str], row: ScoreRow) -> list[object]:
    known = row.counts
    numbers = (
        (known[part].got, known[part].of, known[part].known) if part in known else ("", "", "")
        for part in Part
    )
    points = "" if row.points is None else f"{row.points / 10:.1f}"
    return [
        *name, row.quarter, row.revision, row.formula, points, "yes" if row.disputed else "no",
        *(number for three in numbers for number in three), row.inputs, row.digest,
    ]  # fmt: skip


bp.app_template_filter("standing_words")(lambda standing: say(standing) if standing else "")
