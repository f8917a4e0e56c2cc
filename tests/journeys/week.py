"""The town of the week: 50 roads, 250 wardens, two in reserve, and who organises them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from portal.accounts.models import Person
from portal.areas.service import import_places
from tests.journeys.town import MONDAY, Town
from tests.make import accounts, adoption, roster_sheets
from tests.make import volunteers as make
from tests.pages import Browser
from volunteers.models import SignUp, TeamMember
from volunteers.service.adoption.registering import add_plot

STREET = "370283001"
TITLE = "文明出行劝导巡街"
DAY = timedelta(days=1)
FIRST = date(2026, 11, 9)  # the Monday after
WEEK = [FIRST + at * DAY for at in range(7)]
WARDENS, ROADS, A_ROAD = 250, 50, 5
PLAN, LONGEST = 120, 135  # minutes
CLOUD, GUARDED = "ZYY2026001", "巡街员"
YES = "Yes, sign me up"


@dataclass
class WeekTown(Town):
    """A town with 50 roads, 250 wardens, two in reserve, and who organises them."""

    people: list[Person] = field(default_factory=list)
    shifts: dict[tuple[date, str], str] = field(default_factory=dict)
    plot: str = ""
    activity: str = ""

    def begin(self) -> None:
        whole = self.city.tree["370283"]
        with self.database.write() as session:
            staff = accounts.staff(session, "volunteer_organiser", area=self.city.tree[STREET])
            head = accounts.staff(session, "administrator", area=whole)
            self.organiser_id, self.head_id = staff.id, head.id
            city = self.app.extensions["gongzhi_instance"].city
            listed = roster_sheets.roads(STREET)
            import_places(session, listed, "roads.csv", city=city, since=MONDAY.date())
            team = make.team(session, self.city.tree[STREET])
            for at in range(WARDENS + 2):
                who = make.volunteer(session, experienced=False, name=f"{GUARDED}{at:03}")
                session.add(TeamMember(
                    team_id=team.id, person_id=who.id, leads=at % A_ROAD == 0, joined_at=MONDAY,
                ))  # fmt: skip
                self.people.append(who)
            desk = accounts.actor(session, self.city.desk)
            self.plot = add_plot(session, desk, adoption.wish(), now=MONDAY)

    def browser_of(self, person_id: UUID) -> Browser:
        """Of somebody who came back today and signs in anew."""
        with self.database.read() as session:
            return self.city.browser(session.get_one(Person, person_id))

    @property
    def zone(self) -> ZoneInfo:
        return self.app.extensions["gongzhi_instance"].city.zone

    @property
    def organiser(self) -> Browser:
        return self.browser_of(self.organiser_id)

    def warden(self, at: int) -> Browser:
        return self.city.browser(self.people[at])

    def act(self, act: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Something that the organiser does without a page."""
        with self.database.write() as session:
            actor = accounts.actor(session, session.get_one(Person, self.organiser_id))
            return act(session, actor, *given, **named)

    def on(self, day: date, road: int) -> str:
        """The number of a road's shift."""
        return self.shifts[day, roster_sheets.road_code(STREET, road)]

    def at_moment(self, day: date, hour: int, minute: int = 0) -> None:
        """Some time of the city's day; everybody of the staff signs in anew."""
        self.clock.move_to(datetime.combine(day, time(hour, minute), self.zone))
        self.sign_out()

    def count(self, *where: Any) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count(SignUp.id)).where(*where)) or 0
