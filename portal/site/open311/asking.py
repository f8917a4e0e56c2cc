"""What a program asks for, read from its address and body; what cannot be meant is refused."""

import math
import re
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from flask import request
from werkzeug.datastructures import FileStorage

from portal.kernel.errors import Refused
from portal.kernel.forms import clean_text
from portal.kernel.i18n import current_language
from portal.kernel.ids import clean_number
from portal.reports.rules.open311 import (
    MOST_MARK,
    MOST_RADIUS,
    MOST_ROWS,
    MOST_SKIPPED,
    MOST_URL,
    RADIUS,
    Asked311,
    Circle,
    Open311Refusal,
    span_of,
    why_not_span,
)
from portal.reports.service.open311 import Wish311

_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,80})\](?:\[\])?\Z")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)\Z", re.ASCII)
TRUE = frozenset({"true", "1", "yes"})


class Status(StrEnum):
    """The two words that the standard has for where a matter stands."""

    OPEN = "open"
    CLOSED = "closed"


def argument(name: str) -> str:
    """A parameter of the address; an empty one counts as none, as the standard has it."""
    return clean_text(request.args.get(name)) or ""


def sent(name: str) -> str:
    """A parameter of the body, or of the address where a program puts it there."""
    return clean_text(request.form.get(name)) or argument(name)


def wants_extensions() -> bool:
    """Whether the program asks for what the standard does not have."""
    return sent("extensions").lower() in TRUE


def _several(name: str) -> tuple[str, ...]:
    """Values with commas between them, or the parameter several times."""
    parts = [part.strip() for text in request.args.getlist(name) for part in text.split(",")]
    return tuple(dict.fromkeys(clean_text(part) or "" for part in parts if part))


def asked_list(now: datetime) -> Asked311:
    """The list that is asked for. Raises Refused."""
    numbers = _several("service_request_id")
    if numbers:
        known = [clean_number(number) for number in numbers[:MOST_ROWS]]
        return Asked311(now, now, numbers=tuple(number for number in known if number))
    start, end = span_of(_moment("start_date"), _moment("end_date"), now)
    problem = why_not_span(start, end)
    if problem is not None:
        raise Refused(problem)
    page, size = _pages()
    return Asked311(
        start, end, codes=_several("service_code"), open=_status(), circle=_circle(),
        page=page, size=size,
    )  # fmt: skip


def _moment(name: str) -> datetime | None:
    text = argument(name)
    if not text:
        return None
    # a plus sign that was not escaped arrives as a space
    found = _read_moment(re.sub(r" (\d\d:?\d\d)\Z", r"+\1", text))
    # far from the edges of the calendar, so that days can be added
    if found is None or not 1900 <= found.year <= 2200:
        raise Refused(Open311Refusal.BAD_DATE, facts={"name": name})
    return found


def _read_moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if _MOMENT.match(text) else None
    except ValueError:
        return None


def _status() -> bool | None:
    found = set(_several("status"))
    if not found <= set(Status):
        raise Refused(Open311Refusal.BAD_STATUS)
    return None if len(found) != 1 else found == {Status.OPEN}


def _number(text: str, code: Open311Refusal) -> float:
    try:
        number = float(text)
    except ValueError as error:
        raise Refused(code) from error
    if not math.isfinite(number):
        raise Refused(code)
    return number


def _point(lon: str, lat: str) -> tuple[float, float] | None:
    """Longitude and latitude, both or none."""
    if not lon and not lat:
        return None
    x, y = (_number(text, Open311Refusal.BAD_POINT) for text in (lon, lat))
    if abs(x) > 180 or abs(y) > 90:
        raise Refused(Open311Refusal.BAD_POINT)
    return x, y


def _circle() -> Circle | None:
    point, radius = _point(argument("long"), argument("lat")), argument("radius")
    if point is None:
        if radius:
            raise Refused(Open311Refusal.BAD_RADIUS)
        return None
    metres = _number(radius, Open311Refusal.BAD_RADIUS) if radius else RADIUS
    # at a pole a degree of longitude has no length
    if not 0 < metres <= MOST_RADIUS or abs(point[1]) > 85:
        raise Refused(Open311Refusal.BAD_RADIUS)
    return Circle(*point, metres)


def _pages() -> tuple[int, int]:
    texts = argument("page") or "1", argument("page_size") or str(MOST_ROWS)
    if not all(text.isascii() and text.isdigit() and len(text) < 7 for text in texts):
        raise Refused(Open311Refusal.BAD_PAGE)
    page, size = (int(text) for text in texts)
    if not (page and 1 <= size <= MOST_ROWS) or (page - 1) * size > MOST_SKIPPED:
        raise Refused(Open311Refusal.BAD_PAGE)
    return page, size


def wish() -> Wish311:
    """The report that was sent. Names, mail and device of a person are not even read."""
    media_url = sent("media_url")
    if media_url and not _is_web_address(media_url):
        raise Refused(Open311Refusal.BAD_MEDIA_URL)
    return Wish311(
        service_code=sent("service_code"),
        point=_point(sent("long"), sent("lat")),
        address=sent("address_string"),
        address_id=sent("address_id"),
        description=sent("description"),
        phone=sent("phone"),
        publish=sent("publish").lower() in TRUE,
        media_url=media_url,
        attributes=_attributes(),
        external_id=_short("external_id", sent("external_id")),
        idempotency_key=_short("Idempotency-Key", request.headers.get("Idempotency-Key", "")),
        language=current_language(),
    )


def _short(name: str, text: str) -> str:
    if len(text) > MOST_MARK:
        raise Refused(Open311Refusal.LONG_MARK, facts={"name": name})
    return text


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    whole = parts.scheme in {"http", "https"} and bool(parts.hostname)
    return whole and len(text) <= MOST_URL and not any(char.isspace() for char in text)


def _attributes() -> dict[str, tuple[str, ...]]:
    """``attribute[code]=value``, and ``attribute[code][]=value`` for several."""
    found: dict[str, tuple[str, ...]] = {}
    for name, values in request.form.lists():
        match = _ATTRIBUTE.match(name)
        if match:
            cleaned = tuple(clean_text(value) or "" for value in values)
            found[match.group(1)] = (*found.get(match.group(1), ()), *cleaned)
    return found


def media() -> list[FileStorage]:
    """Photos that came along, under any of the names that programs use."""
    names = ("media", "media[]", "photo")
    return [file for name in names for file in request.files.getlist(name) if file.filename]
