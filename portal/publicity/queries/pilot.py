"""The figures of a pilot (R003): only what is public already, each with where it stands."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from pledges.queries.street_figures import street_counts
from portal.areas.queries import AreaRow, root_areas
from portal.conventions.queries.listed import Sought, listed
from portal.conventions.rules.published import ListState
from portal.kernel.clock import city_day, month_bounds
from portal.publicity.queries.participation import participation_in
from portal.publicity.queries.questions import QuestionFigures, question_figures
from portal.publicity.rules.participation import TookPart
from portal.reports.queries.counters import counts_since
from portal.satisfaction.queries.releases import PlaceMonth, months_at
from portal.satisfaction.rules.surveys import FEWEST
from volunteers.queries.hours import figures
from volunteers.rules.shifts import Span

# longer is no pilot
MOST_MONTHS = 24
# more conventions than a city has
MOST = 10_000


@dataclass(frozen=True)
class PilotFigures:
    """What came of a time in a place; ``minutes`` of certified voluntary service, None where they
    could lead to somebody."""

    reported: int
    settled: int
    minutes: int | None
    frontages: int
    pledged: int
    conventions: int
    questions: QuestionFigures
    took_part: int | None
    shares: list[PlaceMonth]


def pilot_figures(
    session: Session, place: AreaRow, first: str, last: str, *, zone: ZoneInfo, now: datetime
) -> PilotFigures:
    """From the first day of a month to the last of another; pledges, conventions and questions as
    they stand now, participation of the last month."""
    start, end = month_bounds(first, zone)[0], month_bounds(last, zone)[1]
    since, after = counts_since(session, place.path, [start, end])
    days, today = (city_day(start, zone), city_day(end, zone)), city_day(now, zone)
    streets = [
        row.counts
        for row in street_counts(session, days, (start, end), zone)
        if row.area.path.startswith(place.path)
    ]
    in_force = Sought(state=ListState.IN_FORCE, under=place.path)
    cells = participation_in(session, last, [place.code])
    return PilotFigures(
        reported=since.reported - after.reported, settled=since.settled - after.settled,
        minutes=_minutes(session, place, first, last, zone, now),
        frontages=sum(one.places for one in streets), pledged=sum(one.pledged for one in streets),
        conventions=len(listed(session, in_force, today, limit=MOST)),
        questions=question_figures(session, place.path, now),
        took_part=next((row.people for row in cells if row.took_part is TookPart.ANY), None),
        shares=[row for row in months_at(session, place.path, 24) if first <= row.month <= last],
    )  # fmt: skip


def _minutes(
    session: Session, place: AreaRow, first: str, last: str, zone: ZoneInfo, now: datetime
) -> int | None:
    """Of the whole city only, and only if enough people served in each month: otherwise two times,
    or the city and its streets, could be taken from one another."""
    if place.code not in {root.code for root in root_areas(session)}:
        return None
    months = [
        figures(session, place.path, Span(*month_bounds(month, zone)), now)
        for month in months_between(first, last)
    ]
    if any(0 < one.people < FEWEST for one in months):
        return None
    return sum(one.minutes for one in months)


def months_between(first: str, last: str) -> list[str]:
    """The months from one to another, the last ones if there are too many."""
    year, number = (int(part) for part in first.split("-"))
    months = []
    while (month := f"{year:04d}-{number:02d}") <= last:
        months.append(month)
        year, number = year + number // 12, number % 12 + 1
    return months[-MOST_MONTHS:]
