"""Tables of reports. The district's code leads every key, so that a city can be partitioned."""

from portal.reports.models.batch import DeskBatch, DeskBatchCase
from portal.reports.models.case import Case, CaseEvent, CasePhoto, CaseReporter, CaseText
from portal.reports.models.category import Category, CategoryLimit
from portal.reports.models.draft import Draft
from portal.reports.models.links import CaseLink, CaseUrge
from portal.reports.models.search import CaseSearch
from portal.reports.models.triggers import STATEMENTS as HISTORY_TRIGGERS

__all__ = [
    "HISTORY_TRIGGERS",
    "Case",
    "CaseEvent",
    "CaseLink",
    "CasePhoto",
    "CaseReporter",
    "CaseSearch",
    "CaseText",
    "CaseUrge",
    "Category",
    "CategoryLimit",
    "DeskBatch",
    "DeskBatchCase",
    "Draft",
]
