"""What a report needs before it can be filed, and how a draft holds it. Pure."""

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import timedelta
from enum import StrEnum
from typing import Any

from portal.areas.rules import codes_of, national_part

STREET_DIGITS, COMMUNITY_DIGITS = 9, 12
MOST_PHOTOS = 3
MOST_WORDS = 2000
# the standard that programs send by allows so much
MOST_PROGRAM_WORDS = 4000
MOST_PLACE_WORDS = 200
DRAFT_DAYS = 30
DRAFT_LIFETIME = timedelta(days=DRAFT_DAYS)
RECEIPT_HOURS = 2
RECEIPT_LIFETIME = timedelta(hours=RECEIPT_HOURS)


class Contact(StrEnum):
    """How the reporter hears of her matter."""

    ACCOUNT = "account"
    PHONE = "phone"
    NONE = "none"


class Step(StrEnum):
    """The pages of the form, in their order. The value is the end of the page's address."""

    PHOTO = "photo"
    PLACE = "place"
    WHAT = "what"
    DETAILS = "details"
    CONTACT = "contact"
    CHECK = "check"


class IntakeRefusal(StrEnum):
    """Why a report, or one of its answers, is not taken as it stands."""

    NO_PLACE = "intake.no_place"
    UNKNOWN_PLACE = "intake.unknown_place"
    SEVERAL_PLACES = "intake.several_places"
    NO_SUCH_PLACE = "intake.no_such_place"
    OUTSIDE_CITY = "intake.outside_city"
    BAD_POINT = "intake.bad_point"
    NO_CATEGORY = "intake.no_category"
    UNKNOWN_CATEGORY = "intake.unknown_category"
    NO_WORDS = "intake.no_words"
    NO_PLACE_WORDS = "intake.no_place_words"
    LONG_WORDS = "intake.long_words"
    LONG_PLACE_WORDS = "intake.long_place_words"
    NO_CONTACT = "intake.no_contact"
    BAD_PHONE = "intake.bad_phone"
    NO_CONSENT = "intake.no_consent"
    NO_PUBLISH_CHOICE = "intake.no_publish_choice"
    TOO_MANY = "intake.too_many"


class DraftRefusal(StrEnum):
    """Why a draft is not changed: somebody, perhaps the same person elsewhere, was first."""

    CHANGED_ELSEWHERE = "draft.changed_elsewhere"
    SENT_ALREADY = "draft.sent_already"
    TOO_OLD = "draft.too_old"


@dataclass(frozen=True)
class ReportAnswers:
    """Everything a person may have answered. Coordinates are WGS-84; photos are upload tokens.

    ``publish`` says whether words and photos may be shown to everyone after a check; None is not
    answered yet (the law wants a choice of its own for it). ``extra``: the answers to what the
    kind asks further, by key. ``warned``: she was told once that it sounds like an emergency.
    """

    photos: tuple[str, ...] = ()
    photo_answered: bool = False
    lon: float | None = None
    lat: float | None = None
    area_code: str | None = None
    place_words: str = ""
    category_code: str | None = None
    words: str = ""
    words_answered: bool = False
    contact: Contact | None = None
    phone: str = ""
    consent: bool = False
    sealed: bool = False
    publish: bool | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    warned: bool = False
    language: str = "zh_Hans"

    @property
    def point(self) -> tuple[float, float] | None:
        """Longitude and latitude, if a point was given."""
        return None if self.lon is None or self.lat is None else (self.lon, self.lat)


def to_text(answers: ReportAnswers) -> str:
    """The answers as they are sealed in a draft."""
    return json.dumps(asdict(answers), ensure_ascii=False)


def from_text(text: str) -> ReportAnswers:
    """The answers again; what an older version wrote and nobody knows any more is left out."""
    known = {one.name for one in fields(ReportAnswers)}
    data: dict[str, Any] = {k: v for k, v in json.loads(text).items() if k in known}
    data["photos"] = tuple(data.get("photos", ()))
    contact = data.get("contact")
    data["contact"] = Contact(contact) if contact else None
    return ReportAnswers(**data)


def what_is_missing(answers: ReportAnswers) -> list[tuple[Step, IntakeRefusal]]:
    """The steps that still have no usable answer, in their order."""
    found: list[tuple[Step, IntakeRefusal]] = []
    if answers.area_code is None:
        found.append((Step.PLACE, IntakeRefusal.NO_PLACE))
    if answers.category_code is None:
        found.append((Step.WHAT, IntakeRefusal.NO_CATEGORY))
    if not answers.words and not answers.photos:
        found.append((Step.DETAILS, IntakeRefusal.NO_WORDS))
    elif _is_coarse(answers) and not answers.place_words:
        found.append((Step.DETAILS, IntakeRefusal.NO_PLACE_WORDS))
    if answers.contact is None:
        found.append((Step.CONTACT, IntakeRefusal.NO_CONTACT))
    elif answers.contact is Contact.PHONE and not answers.phone:
        found.append((Step.CONTACT, IntakeRefusal.BAD_PHONE))
    return found


def _is_coarse(answers: ReportAnswers) -> bool:
    """Whether the place is a whole city or county, and no point tells more."""
    code = answers.area_code
    return code is not None and answers.point is None and len(national_part(code)) < STREET_DIGITS


def can_be_finer(code: str) -> bool:
    """Whether a place is larger than a community, so that the next list is worth a look."""
    return len(national_part(code)) < COMMUNITY_DIGITS


def is_answered(answers: ReportAnswers, step: Step) -> bool:
    """Whether a step has been dealt with, if only by skipping it."""
    passed = {
        Step.PHOTO: answers.photo_answered,
        Step.DETAILS: answers.words_answered,
        Step.CHECK: False,
    }
    return passed.get(step, True) and step not in {s for s, _ in what_is_missing(answers)}


def next_step(answers: ReportAnswers, after: Step) -> Step:
    """Where to go on: the first later step without an answer, in the end the check."""
    steps = list(Step)
    later = steps[steps.index(after) + 1 :]
    return next((step for step in later if not is_answered(answers, step)), Step.CHECK)


# 119.96, 36.78 · 36.78 119.96 · (36.78,119.96) · 119.96E 36.78N
_NUMBER = re.compile(r"[-+]?[0-9]{1,4}(?:\.[0-9]{1,20})?", re.ASCII)
# words for east and north in any language may stand around them, other Latin letters not
_BETWEEN = re.compile(r"[^a-df-mo-zA-DF-MO-Z]*\Z")


def read_point(typed: str) -> tuple[float, float] | None:
    """Two numbers as people paste them, longitude and latitude; None when they cannot be a point.

    In China the longitude is always the larger number, so that either order is understood.
    """
    text = unicodedata.normalize("NFKC", typed).replace("、", ",")
    if len(text) > 80:
        return None
    numbers = _NUMBER.findall(text)
    if len(numbers) != 2 or not _BETWEEN.match(_NUMBER.sub(" ", text)):
        return None
    first, second = (float(number) for number in numbers)
    lon, lat = (first, second) if abs(first) > abs(second) else (second, first)
    if not math.isfinite(lon) or abs(lon) > 180 or abs(lat) > 90:
        return None
    return lon, lat


def district_of(path: str) -> str:
    """The code that leads every key: the county on the path, or the root where there is none."""
    codes = codes_of(path)
    counties = (national_part(code)[:6] for code in codes if len(national_part(code)) >= 6)
    return next(counties, codes[0])


def keeps_point(point: tuple[float, float] | None, located: str | None, chosen: str) -> bool:
    """Whether a point may stay when somebody chooses a place by name: only if it lies there."""
    return (
        point is not None
        and located is not None
        and (located.startswith(chosen) or chosen.startswith(located))
    )
