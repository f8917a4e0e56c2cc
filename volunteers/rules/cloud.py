"""Rows of the volunteer cloud (志愿云): what goes out, what comes in, and what clashes. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from volunteers.rules.activities import LONGEST_TITLE
from volunteers.rules.hours import MOST_MINUTES
from volunteers.rules.shifts import Span

COLUMNS: Final = ("cloud_id", "record_id", "title", "starts_at", "ends_at", "minutes")
LONGEST_ID: Final = 40
LONGEST_RECORD: Final = 60


class CloudRefusal(StrEnum):
    """Why somebody’s number of the cloud is not kept."""

    BAD_ID = "cloud.bad_id"
    TAKEN = "cloud.taken"


class CloudProblem(StrEnum):
    """Why a row is not taken over, or what is to be known of it."""

    COLUMNS = "cloud.columns"
    NO_ID = "cloud.no_id"
    NO_RECORD = "cloud.no_record"
    NO_TITLE = "cloud.no_title"
    BAD_TIME = "cloud.bad_time"
    BAD_MINUTES = "cloud.bad_minutes"
    FUTURE = "cloud.future"
    TWICE = "cloud.twice"
    UNKNOWN_PERSON = "cloud.unknown_person"
    DIFFERENT = "cloud.different"
    OVERLAP = "cloud.overlap"  # taken over, and counted once


# rows with these are taken over all the same
NOTED: Final = frozenset({CloudProblem.OVERLAP})


@dataclass(frozen=True)
class CloudRow:
    """One service as the cloud knows it. Times are the city's wall clock, minutes at most the
    stretch between them."""

    cloud_id: str
    record_id: str
    title: str
    span: Span
    minutes: int


@dataclass(frozen=True)
class Clash:
    """A row of the file that clashes, by its line."""

    line: int
    problem: CloudProblem


def clean_cloud_id(typed: str) -> str | None:
    """A number of the cloud as it is kept: letters and digits only; None for anything else."""
    text = "".join(typed.split()).upper()
    return text if text.isascii() and text.isalnum() and 4 <= len(text) <= LONGEST_ID else None


def read_row(cells: Mapping[str, str], zone: ZoneInfo, now: datetime) -> CloudRow | CloudProblem:
    """A row of a file, or what is wrong with it."""
    cloud_id, title = clean_cloud_id(cells["cloud_id"]), cells["title"].strip()
    record_id = cells["record_id"].strip()
    if cloud_id is None:
        return CloudProblem.NO_ID
    if not 1 <= len(record_id) <= LONGEST_RECORD:
        return CloudProblem.NO_RECORD
    if not 1 <= len(title) <= LONGEST_TITLE:
        return CloudProblem.NO_TITLE
    span, minutes = _times(cells, zone)
    if span is None:
        return CloudProblem.BAD_TIME
    if span.ends_at > now:
        return CloudProblem.FUTURE
    if not 1 <= minutes <= min(span.minutes, MOST_MINUTES):
        return CloudProblem.BAD_MINUTES
    return CloudRow(cloud_id, record_id, title, span, minutes)


def _times(cells: Mapping[str, str], zone: ZoneInfo) -> tuple[Span | None, int]:
    try:
        start, end = (
            datetime.fromisoformat(cells[name].strip()) for name in ("starts_at", "ends_at")
        )
    except ValueError:
        return None, 0
    if start.tzinfo is None:
        start = start.replace(tzinfo=zone)
    if end.tzinfo is None:
        end = end.replace(tzinfo=zone)
    if end <= start:
        return None, 0
    typed = cells["minutes"].strip()
    return Span(start, end), int(typed) if typed.isascii() and typed.isdigit() else 0
