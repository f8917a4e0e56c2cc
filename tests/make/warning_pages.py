"""Addresses of early warnings, of the library of standards, and of the reports on dispatch."""

from datetime import timedelta

from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.assessment.models.dispatch import DispatchReport
from portal.assessment.rules.dispatch import COUNTS, DispatchRow, DispatchTable, RowKind, csv_of
from portal.kernel.clock import now
from portal.kernel.ids import new_id
from portal.reports.models import ReportSpike
from portal.reports.rules.spikes import Measure
from tests.make.reports import category

KIND, REPORTED = "litter", "2026-10"
CASES = {"reports.desk_warning": "warning"}
NO_PAGE = {
    "assessment.dispatch_file": "a table to download",
    "reports.standards_csv": "a table to download",
    "reports.standards_json": "data for programs",
}
VALUES = {
    ("reports.standard_of", "code"): KIND,
    ("assessment.dispatch_month", "month"): REPORTED,
}


def warning_things(session: Session, place: Area) -> dict[str, str]:
    """A wave of reports in a place, and a report on dispatch with a row of it."""
    category(session, KIND)
    if session.get(DispatchReport, REPORTED) is None:
        session.add(_report(place))
    moment = now()
    spike = ReportSpike(
        measure=Measure.REPORTS, place_path=place.path, category_code=KIND, level=9, peak=12,
        usual=1, bound=5, began_at=moment - timedelta(hours=5), looked_at=moment,
    )  # fmt: skip
    session.add(spike)
    session.flush()
    return {"warning": spike.number}


def _report(place: Area) -> DispatchReport:
    counts = dict.fromkeys(COUNTS, 8)
    names = {"zh_Hans": place.name_zh_hans}
    rows = [
        DispatchRow(RowKind.CITY, "", {}, counts),
        DispatchRow(RowKind.STREET, place.code, names, counts, 30, 90),
    ]
    text = csv_of(DispatchTable(REPORTED, 240, 240, rows))
    return DispatchReport(
        month=REPORTED, frozen_at=now(), digest="0" * 64, entry_id=new_id(), table_csv=text
    )
