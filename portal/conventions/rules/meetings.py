"""Meetings of self-government, tasks with four fields, consultations (R162, R179, R202, R296)."""

from enum import StrEnum
from typing import Final

LONGEST_PLACE: Final = 120
LONGEST_ITEM: Final = 120
LONGEST_MINUTES: Final = 20_000
CODE_LENGTH: Final = 64


class MeetingKind(StrEnum):
    """Who meets."""

    RESIDENTS = "residents"
    REPRESENTATIVES = "representatives"
    DELIBERATION = "deliberation"
    OWNERS = "owners"
    ALLIANCE = "alliance"
    CO_GOVERNANCE = "co_governance"


class MeetingState(StrEnum):
    """Where a meeting stands."""

    PLANNED = "planned"
    INVITED = "invited"
    HELD = "held"
    CALLED_OFF = "called_off"


class AttendanceWay(StrEnum):
    """How somebody was noted as present."""

    CODE = "code"
    LIST = "list"


class TaskState(StrEnum):
    """Where a task stands; overdue is derived."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class UnitPart(StrEnum):
    """The units of a task line: 牵头单位 配合单位 责任单位."""

    LEAD = "lead"
    CO = "co"
    RESPONSIBLE = "responsible"


class ConsultationKind(StrEnum):
    """A department asks communities (R179), or everybody is asked on a major decision (R202)."""

    DEPARTMENT = "department"
    DECISION = "decision"


class ConsultationState(StrEnum):
    """Where a consultation stands."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    ANSWERED = "answered"
