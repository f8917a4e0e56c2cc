"""A grid at work in the demo: its team, a few days of its diary, and a new illegal building."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.queries import actor_for
from portal.accounts.rules import NOBODY
from portal.areas.queries import AreaRow, descendants_at_level
from portal.reports.queries.grid_team import GRID
from portal.reports.queries.same_place import a_photographed_point
from portal.reports.rules.grid import EntryKind, MemberKind
from portal.reports.rules.intake import Contact, ReportAnswers
from portal.reports.service.diary import Written, write_entry
from portal.reports.service.grid_team import NewMember, add_member
from portal.reports.service.intake import file_report

LINES = Path(__file__).resolve().parents[1] / "data" / "demo-grid.txt"
# what was written how many hours ago, and who was there
DAYS = (
    (EntryKind.PATROL, 50, {"members": 2}),
    (EntryKind.CONSULT, 28, {"members": 3, "residents": 6, "shops": 2}),
    (EntryKind.HANDLE, 26, {"members": 2, "shops": 1}),
    (EntryKind.VISIT, 5, {"members": 1, "residents": 2}),
)
BUILDING_MINUTES = 35


def plant_grids(
    session: Session,
    people: Mapping[str, Sequence[UUID]],
    community: AreaRow,
    now: datetime,
) -> None:
    """The grids of the first community; in the second of them a patrol is due."""
    grids = descendants_at_level(session, community.path, GRID)
    lines = LINES.read_text("utf-8").splitlines()
    desk = actor_for(session, people["street_desk"][0], now, second_factor=True)
    lead = actor_for(session, people["grid_lead"][0], now, second_factor=True)
    for grid in grids:
        for member, name in zip(MemberKind, lines[: len(MemberKind)], strict=True):
            add_member(session, grid.code, NewMember(member, name), actor=desk, now=now)
    for (kind, hours, present), seen in zip(DAYS, lines[len(MemberKind) :], strict=False):
        at = now - timedelta(hours=hours)
        for grid in grids[:1]:
            place, _, words = seen.partition("|")
            written = Written(kind, at, words, place, present)
            write_entry(session, grid.code, written, actor=lead, now=at)
    _building(session, community, lines[-1], now)


def _building(session: Session, community: AreaRow, words: str, now: datetime) -> None:
    """Somebody builds where somebody else took a photo before."""
    point = a_photographed_point(session, community.path)
    answers = ReportAnswers(
        photo_answered=True,
        area_code=community.code,
        lon=point[0] if point else None,
        lat=point[1] if point else None,
        category_code="illegal_building",
        words=words,
        words_answered=True,
        contact=Contact.NONE,
        publish=False,
    )
    at = now - timedelta(minutes=BUILDING_MINUTES)
    file_report(session, answers, actor=NOBODY, now=at)
