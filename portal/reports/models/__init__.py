"""Tables of reports. The district's code leads every key, so that a city can be partitioned."""

from portal.reports.models.answer import CaseAnswer
from portal.reports.models.batch import DeskBatch, DeskBatchCase
from portal.reports.models.case import (
    Case,
    CaseEvent,
    CasePause,
    CasePhoto,
    CaseReporter,
    CaseText,
)
from portal.reports.models.category import (
    Category,
    CategoryLimit,
    HandlingLimit,
    LimitCondition,
)
from portal.reports.models.cells import MapCell, MapChange
from portal.reports.models.companies import (
    CompanyCheck,
    CompanyCheckPhoto,
    CompanyScore,
    CompanyStep,
)
from portal.reports.models.contracts import CaseContract, ServiceContract
from portal.reports.models.doors import CaseProxy
from portal.reports.models.draft import Draft
from portal.reports.models.exchange import ColumnMap, ExternalOrder
from portal.reports.models.figures import FigureCount, FigureMark, FigureStale
from portal.reports.models.filing import ApiFiling
from portal.reports.models.following import Follow, Follower
from portal.reports.models.grid import (
    DIARY_TRIGGERS,
    CaseAlert,
    GridEntry,
    GridEntryCase,
    GridEntryPhoto,
    GridEntryText,
    GridMember,
    GridSetting,
)
from portal.reports.models.guard import (
    AuditDraw,
    AuditSampled,
    ModerationAppeal,
    ModerationEntry,
)
from portal.reports.models.import_run import ImportRun
from portal.reports.models.links import CaseLink, CaseUrge
from portal.reports.models.neighbours import CaseMerge, CaseStillThere
from portal.reports.models.outside import CaseOutside
from portal.reports.models.parts import CaseDispute, CasePart
from portal.reports.models.passes import CasePass, CasePassEntry, CasePassPhoto
from portal.reports.models.personal_export import PersonalExport
from portal.reports.models.replies import ReplyTemplate
from portal.reports.models.routing import (
    CaseAttribute,
    CaseCoUnit,
    CaseRoute,
    CommunityAllowance,
    ResponsibilityRule,
)
from portal.reports.models.search import CaseSearch
from portal.reports.models.spikes import ReportSpike
from portal.reports.models.supervision import StreetDigest, SupervisionDay, SupervisionListing
from portal.reports.models.triggers import STATEMENTS as HISTORY_TRIGGERS
from portal.reports.models.useful import UsefulCase, UsefulMonth
from portal.reports.models.webhooks import WebhookDelivery, WebhookState

__all__ = [
    "DIARY_TRIGGERS",
    "HISTORY_TRIGGERS",
    "ApiFiling",
    "AuditDraw",
    "AuditSampled",
    "Case",
    "CaseAlert",
    "CaseAnswer",
    "CaseAttribute",
    "CaseCoUnit",
    "CaseContract",
    "CaseDispute",
    "CaseEvent",
    "CaseLink",
    "CaseMerge",
    "CaseOutside",
    "CasePart",
    "CasePass",
    "CasePassEntry",
    "CasePassPhoto",
    "CasePause",
    "CasePhoto",
    "CaseProxy",
    "CaseReporter",
    "CaseRoute",
    "CaseSearch",
    "CaseStillThere",
    "CaseText",
    "CaseUrge",
    "Category",
    "CategoryLimit",
    "ColumnMap",
    "CommunityAllowance",
    "CompanyCheck",
    "CompanyCheckPhoto",
    "CompanyScore",
    "CompanyStep",
    "DeskBatch",
    "DeskBatchCase",
    "Draft",
    "ExternalOrder",
    "FigureCount",
    "FigureMark",
    "FigureStale",
    "Follow",
    "Follower",
    "GridEntry",
    "GridEntryCase",
    "GridEntryPhoto",
    "GridEntryText",
    "GridMember",
    "GridSetting",
    "HandlingLimit",
    "ImportRun",
    "LimitCondition",
    "MapCell",
    "MapChange",
    "ModerationAppeal",
    "ModerationEntry",
    "PersonalExport",
    "ReplyTemplate",
    "ReportSpike",
    "ResponsibilityRule",
    "ServiceContract",
    "StreetDigest",
    "SupervisionDay",
    "SupervisionListing",
    "UsefulCase",
    "UsefulMonth",
    "WebhookDelivery",
    "WebhookState",
]
