"""The public reports on dispatch: month by month, as they were frozen, with their files (R263)."""

from typing import Final

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.assessment.labels.dispatch import RATES
from portal.assessment.queries.dispatch import ReportFile, dispatch_report, dispatch_reports
from portal.assessment.rules.dispatch import FILE, RowKind, bytes_of, table_of
from portal.assessment.views.blueprint import bp
from portal.kernel.errors import Missing
from portal.kernel.web import reading

KEEP: Final = "public, max-age=3600"


@bp.get("/assessment/dispatch/")
@public
def dispatch_list() -> ResponseReturnValue:
    """The months with a report, the newest first."""
    return render_template("assessment/dispatch_list.html", rows=dispatch_reports(reading()))


def _report(month: str) -> ReportFile:
    found = dispatch_report(reading(), month)
    if found is None:
        raise Missing
    return found


@bp.get("/assessment/dispatch/<string(maxlength=8):month>/")
@public
def dispatch_month(month: str) -> ResponseReturnValue:
    """How promptly and how rightly matters were given to units in a month."""
    report = _report(month)
    table = table_of(month, report.text)
    return render_template(
        "assessment/dispatch.html", line=report.line, table=table, rates=RATES, file=FILE,
        groups={kind: [row for row in table.rows if row.kind is kind] for kind in RowKind},
    )  # fmt: skip


@bp.get(f"/assessment/dispatch/<string(maxlength=8):month>/{FILE}")
@public
def dispatch_file(month: str) -> ResponseReturnValue:
    """The table as a file, as it was sealed."""
    response = Response(bytes_of(_report(month).text), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{month}-{FILE}"'
    response.headers["Cache-Control"] = KEEP
    return response
