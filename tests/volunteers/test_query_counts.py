"""Lists of voluntary service send the same few queries, however long they are."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.kernel import clock
from tests.make import volunteers as make
from tests.make.accounts import person
from tests.make.day_routes import told
from tests.pages import Browser
from tests.reports.test_queries_per_page import counted
from tests.volunteers.planning import STREET, Town
from volunteers.models import ActivityTag, Shift
from volunteers.rules.on_the_day import Mark, Way
from volunteers.rules.patrols import CheckpointWish, RouteWish
from volunteers.service.hours import Stayed, confirm_hours
from volunteers.service.on_the_day import Note, write_mark
from volunteers.service.routes import write_route

DAY = timedelta(days=1)
FEW, MANY = 2, 12
# who opens it, and how many queries it may take
LISTS = (
    ("desk", "/desk/volunteers/", 5),
    ("desk", "/desk/volunteers/absences", 5),
    ("desk", "/desk/volunteers/hours", 4),
    ("desk", "/desk/volunteers/teams", 6),
    ("desk", "/desk/volunteers/routes", 5),
    ("desk", "/desk/volunteers/doorsteps", 4),
    ("desk", "/desk/volunteers/qualifications", 5),
    ("desk", "/desk/volunteers/templates", 5),
    ("desk", "/desk/volunteers/evidence?tag=civilised_city", 4),
    ("desk", "/desk/volunteers/{activity}", 12),
    ("desk", "/desk/volunteers/shifts/{shift}/people", 8),
    ("desk", "/desk/volunteers/shifts/{shift}/roll", 8),
    ("desk", "/desk/volunteers/shifts/{old}/hours", 8),
    ("", "/volunteers/patrols/", 4),
    ("", "/volunteers/activities/{activity}", 10),
    ("resident", "/volunteers/mine", 8),
    ("resident", "/volunteers/absences", 4),
    ("resident", "/volunteers/hours", 5),
    ("resident", "/volunteers/hours/notice", 4),
    ("resident", "/volunteers/qualifications", 4),
)


class Lists:
    """A town whose lists can grow: each call adds as many lines to every one of them."""

    def __init__(self, town: Town) -> None:
        self.town, self.now = town, clock.now()
        with town.database.write() as session:
            self.resident = person(session)
            self.activity = make.activity(session, town.tree[STREET])
            session.add(ActivityTag(activity_id=self.activity.id, tag="civilised_city"))
            self.coming = self._shift(session, 3)
            self.old = self._shift(session, -3)
        self.things = {
            "activity": self.activity.number, "shift": self.coming.number, "old": self.old.number,
        }  # fmt: skip

    def _shift(self, session: Session, days: int) -> Shift:
        starts = self.now + days * DAY
        return make.shift(session, self.activity, starts_at=starts, seats={"member": 99})

    def grow(self, many: int) -> None:
        with self.town.database.write() as session:
            place, desk = self.town.tree[STREET], self.town.actor(session)
            for at in range(many):
                session.add(ActivityTag(
                    activity_id=make.activity(session, place).id, tag="civilised_city"
                ))  # fmt: skip
                make.team(session, place)
                other = person(session)
                make.waiting_qualification(session, other.id, place.path)
                make.waiting_qualification(session, self.resident.id, place.path)
                make.sign_up(session, self.coming, other.id)
                make.sign_up(session, self.old, other.id)
                write_route(
                    session, desk, place.code, RouteWish(f"夜巡{at}", (CheckpointWish("北门"),)),
                    now=self.now,
                )  # fmt: skip
                make.sign_up(session, self._shift(session, 5 + at), self.resident.id)
                self._served(session, -4 - at)
                self._missed(session, -40 - at)

    def _served(self, session: Session, days: int) -> None:
        shift = self._shift(session, days)
        seat = make.sign_up(session, shift, self.resident.id, at=shift.starts_at - DAY)
        stay = Stayed(seat.number, shift.starts_at, shift.ends_at)
        confirm_hours(session, self.town.actor(session), shift.number, [stay], now=self.now)

    def _missed(self, session: Session, days: int) -> None:
        shift = self._shift(session, days)
        seat = make.sign_up(session, shift, self.resident.id, at=shift.starts_at - DAY)
        note = Note(Mark.ABSENT, Way.ROLL_CALL, shift.starts_at, self.resident.id)
        write_mark(session, shift.id, seat.id, note, now=shift.ends_at)
        told(session, shift.id, seat.id, self.resident.id)

    def queries(self) -> dict[str, int]:
        people: dict[str, Person] = {"desk": self.town.organiser, "resident": self.resident}
        browsers = {who: self.town.browser(one) for who, one in people.items()}
        browsers[""] = Browser(self.town.app).in_language("en")
        found = {}
        for who, path, _most in LISTS:
            with counted(self.town.database) as sent:
                browsers[who].get(path.format(**self.things), status=200)
            found[path] = len(sent)
        return found


@pytest.fixture
def lists(town: Town) -> Lists:
    return Lists(town)


def test_no_list_sends_more_queries_for_many_lines_than_for_few(lists: Lists) -> None:
    lists.grow(FEW)
    few = lists.queries()
    lists.grow(MANY)
    many = lists.queries()
    assert many == few
    assert not {path: many[path] for _who, path, most in LISTS if many[path] > most}
