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
from portal.reports.models.draft import Draft
from portal.reports.models.exchange import ExternalOrder
from portal.reports.models.filing import ApiFiling
from portal.reports.models.guard import (
    AuditDraw,
    AuditSampled,
    ModerationAppeal,
    ModerationEntry,
)
from portal.reports.models.links import CaseLink, CaseUrge
from portal.reports.models.neighbours import CaseMerge, CaseStillThere
from portal.reports.models.outside import CaseOutside
from portal.reports.models.passes import CasePass, CasePassEntry, CasePassPhoto
from portal.reports.models.replies import ReplyTemplate
from portal.reports.models.routing import (
    CaseAttribute,
    CaseCoUnit,
    CaseRoute,
    CommunityAllowance,
    ResponsibilityRule,
)
from portal.reports.models.search import CaseSearch
from portal.reports.models.supervision import StreetDigest, SupervisionDay, SupervisionListing
from portal.reports.models.triggers import STATEMENTS as HISTORY_TRIGGERS
from portal.reports.models.webhooks import WebhookDelivery, WebhookState

__all__ = [
    "HISTORY_TRIGGERS",
    "ApiFiling",
    "AuditDraw",
    "AuditSampled",
    "Case",
    "CaseAnswer",
    "CaseAttribute",
    "CaseCoUnit",
    "CaseEvent",
    "CaseLink",
    "CaseMerge",
    "CaseOutside",
    "CasePass",
    "CasePassEntry",
    "CasePassPhoto",
    "CasePause",
    "CasePhoto",
    "CaseReporter",
    "CaseRoute",
    "CaseSearch",
    "CaseStillThere",
    "CaseText",
    "CaseUrge",
    "Category",
    "CategoryLimit",
    "CommunityAllowance",
    "DeskBatch",
    "DeskBatchCase",
    "Draft",
    "ExternalOrder",
    "HandlingLimit",
    "LimitCondition",
    "ModerationAppeal",
    "ModerationEntry",
    "ReplyTemplate",
    "ResponsibilityRule",
    "StreetDigest",
    "SupervisionDay",
    "SupervisionListing",
    "WebhookDelivery",
    "WebhookState",
]
