"""Meetings, tasks and questions for tests."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.models import Area
from portal.conventions.models import (
    AgendaItem,
    Consultation,
    ConsultationPlace,
    Meeting,
    MeetingResolution,
    Opinion,
    OpinionGroup,
    Task,
    TaskUnit,
)
from portal.conventions.rules.consultations import AskingWish, ConsultationKind, ConsultationState
from portal.conventions.rules.meetings import MeetingKind, MeetingState, MeetingWish
from portal.conventions.rules.talk import Channel, SaidState
from portal.conventions.rules.tasks import TaskWish, UnitPart
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.organisations.models import Organisation
from tests.make.accounts import actor, person, staff
from tests.make.areas import small_tree
from tests.make.conventions import COMMUNITY, NOW, TODAY
from tests.make.organisations import unit

STREET = "370283001"
SOON = NOW + timedelta(days=5)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def _put(session: Session, row: Any) -> Any:
    session.add(row)
    # others refer to it by its key alone
    session.flush()
    return row


def meeting(session: Session, area: Area, **changes: Any) -> Meeting:
    """An announced meeting with two points."""
    values: dict[str, Any] = {
        "kind": MeetingKind.DELIBERATION, "area_id": area.id, "place_path": area.path,
        "title": "电动车充电议事会", "venue": "社区活动室", "starts_at": SOON,
        "ends_at": SOON + 2 * HOUR, "state": MeetingState.INVITED, "made_at": NOW,
        "invited_at": NOW,
    }  # fmt: skip
    row: Meeting = _put(session, Meeting(**values | changes))
    for position, title in enumerate(("充电桩装在哪里", "由谁看管"), 1):
        _put(session, AgendaItem(meeting_id=row.id, position=position, title=title))
    return row


def resolution(session: Session, of: Meeting, **changes: Any) -> MeetingResolution:
    """A resolution by counted hands."""
    values: dict[str, Any] = {
        "meeting_id": of.id, "resolved": "在三号楼东侧装十个充电口", "yes": 18, "no": 2,
        "abstain": 1, "at": NOW,
    }  # fmt: skip
    row: MeetingResolution = _put(session, MeetingResolution(**values | changes))
    return row


def task(session: Session, area: Area, lead: Organisation | None = None, **changes: Any) -> Task:
    """A task with a lead and a responsible unit."""
    values: dict[str, Any] = {
        "area_id": area.id, "place_path": area.path, "title": "安装充电桩",
        "due_on": TODAY + timedelta(days=30), "made_at": NOW,
    }  # fmt: skip
    row: Task = _put(session, Task(**values | changes))
    first = {"organisation_id": lead.id} if lead else {"unit": "街道办事处"}
    _put(session, TaskUnit(task_id=row.id, part=UnitPart.LEAD, **first))
    _put(session, TaskUnit(task_id=row.id, part=UnitPart.RESPONSIBLE, unit="物业服务中心"))
    return row


def consultation(session: Session, area: Area, **changes: Any) -> Consultation:
    """A question on a major decision that was announced today, for thirty days."""
    values: dict[str, Any] = {
        "kind": ConsultationKind.DECISION, "area_id": area.id, "place_path": area.path,
        "title": "老旧小区停车方案", "markdown": "拟在北门划三十个车位。您怎么看？",
        "opens_on": TODAY, "closes_on": TODAY + timedelta(days=29),
        "state": ConsultationState.OPEN, "made_at": NOW, "opened_at": NOW,
    }  # fmt: skip
    row: Consultation = _put(session, Consultation(**values | changes))
    return row


def asked(session: Session, of: Consultation, area: Area, **changes: Any) -> ConsultationPlace:
    """A community that is asked."""
    values: dict[str, Any] = {
        "consultation_id": of.id, "area_id": area.id, "place_path": area.path,
    }  # fmt: skip
    row: ConsultationPlace = _put(session, ConsultationPlace(**values | changes))
    return row


def opinion(session: Session, of: Consultation, **changes: Any) -> Opinion:
    """An opinion from the screen that nobody has looked at."""
    values: dict[str, Any] = {
        "consultation_id": of.id, "channel": Channel.SCREEN, "at": NOW, "state": SaidState.WAITING,
        "sealed_words": instance_of(session).vault.seal("北门太窄，消防车进不来。"),
    }  # fmt: skip
    row: Opinion = _put(session, Opinion(**values | changes))
    return row


def group(session: Session, of: Consultation, **changes: Any) -> OpinionGroup:
    """A group without a reply."""
    values: dict[str, Any] = {"consultation_id": of.id, "position": 1, "title": "消防通道"}
    row: OpinionGroup = _put(session, OpinionGroup(**values | changes))
    return row


class Neighbourhood:
    """A community with its committee, the street, a unit, and two residents."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as session:
            tree = small_tree(session)
            self.area, self.street = tree[COMMUNITY], tree[STREET]
            self.unit = unit(session, "DEMO-FIRE", "消防救援大队", area=tree["370283"])
            self.resident_person = person(session)
            self.committee_person = staff(session, "community_committee", area=self.area)
            self.street_person = staff(session, "street_desk", area=self.street)
            self.unit_person = staff(session, "handling_unit", organisation=self.unit)
            self.resident, self.neighbour = (
                actor(session, self.resident_person), actor(session, person(session)),
            )  # fmt: skip
            self.committee = actor(session, self.committee_person)
            self.office = actor(session, self.street_person)
            self.department = actor(session, self.unit_person)
            self.elsewhere = actor(
                session, staff(session, "community_committee", area=tree["370283002001"])
            )

    def act(self, service: Any, by: Actor, *given: Any, **named: Any) -> Any:
        """Do something in a transaction of its own."""
        with self.database.write() as session:
            return service(session, by, *given, **{"now": NOW, **named})


def plan(**changes: Any) -> MeetingWish:
    """A meeting in five days."""
    values: dict[str, Any] = {
        "kind": MeetingKind.DELIBERATION, "place": COMMUNITY, "title": "电动车充电议事会",
        "venue": "社区活动室", "starts_at": SOON, "ends_at": SOON + 2 * HOUR,
        "agenda": ["充电桩装在哪里", "由谁看管"],
    }  # fmt: skip
    return MeetingWish(**values | changes)


def task_wish(**changes: Any) -> TaskWish:
    """A task for a unit of the register and one of the words."""
    values: dict[str, Any] = {
        "title": "安装充电桩", "lead": "消防救援大队", "co": ["街道办事处"],
        "responsible": ["物业服务中心"], "due_on": TODAY + timedelta(days=30),
    }  # fmt: skip
    return TaskWish(**values | changes)


def question(**changes: Any) -> AskingWish:
    """A question on a major decision for thirty days from today."""
    values: dict[str, Any] = {
        "kind": ConsultationKind.DECISION, "place": STREET, "title": "老旧小区停车方案",
        "markdown": "拟在北门划三十个车位。", "opens_on": TODAY,
        "closes_on": TODAY + timedelta(days=29),
    }  # fmt: skip
    return AskingWish(**values | changes)
