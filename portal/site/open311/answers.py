"""Services and matters as the standard names their parts: nothing in it that no page shows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for

from portal.kernel.i18n import in_words
from portal.kernel.web import instance
from portal.reports.labels.case import EVENTS, reason_words
from portal.reports.labels.categories import GROUPS
from portal.reports.labels.public import NEXT, state_words
from portal.reports.queries.page import CasePage, Step
from portal.reports.rules.categories import CategoryRow
from portal.reports.rules.codes import State
from portal.reports.rules.open311 import Attribute, public_moment
from portal.reports.rules.publicity import TimePrecision
from portal.reports.rules.transitions import OPEN
from portal.reports.service.open311 import FiledByKey

Fields = dict[str, Any]


def moment(at: datetime, precision: TimePrecision) -> str:
    """A time as exact as the public may know it, with its offset, to the second."""
    return public_moment(at, precision, zone()).isoformat()


def zone() -> ZoneInfo:
    return instance().city.zone


def address_of(endpoint: str, **values: Any) -> str:
    """The whole address of a page of ours; never by the Host header."""
    return f"{instance().config.origin}{url_for(endpoint, **values)}"


def service(row: CategoryRow, attributes: tuple[Attribute, ...]) -> Fields:
    """One kind of problem."""
    return {
        "service_code": row.code,
        "service_name": in_words(row.names),
        "description": in_words(row.hints) or None,
        "metadata": bool(attributes),
        "type": "realtime",
        "keywords": ", ".join(row.synonyms) or None,
        "group": str(GROUPS[row.group]),
    }


def definition(code: str, attributes: tuple[Attribute, ...]) -> Fields:
    """What a service asks besides the usual."""
    return {"service_code": code, "attributes": [_attribute(one) for one in attributes]}


def _attribute(one: Attribute) -> Fields:
    found: Fields = {
        "variable": True,
        "code": one.code,
        "datatype": one.datatype.value,
        "required": one.required,
        "datatype_description": None,
        "order": one.order,
        "description": in_words(one.description),
    }
    if one.values:
        values = one.values.items()
        found["values"] = [{"key": key, "name": in_words(names)} for key, names in values]
    return found


def matter(page: CasePage, *, extended: bool) -> Fields:
    """One report as its public page shows it."""
    case, names = page.case, page.kind.names if page.kind else {}
    found: Fields = {
        "service_request_id": case.number,
        "status": "open" if case.state in OPEN else "closed",
        "status_notes": _notes(page),
        "service_name": in_words(names) if names else None,
        "service_code": case.category_code,
        "description": page.words,
        "agency_responsible": in_words(page.unit) if page.unit else None,
        "service_notice": str(NEXT[case.state]),
        "requested_datetime": moment(case.found_at, page.time),
        "updated_datetime": moment(updated_at(page), page.time),
        "expected_datetime": _expected(page),
        "address": _address(page),
        "address_id": page.areas[-1].code if page.areas else None,
        "zipcode": None,
        "lat": page.point[1] if page.point else None,
        "long": page.point[0] if page.point else None,
        "media_url": _photo(page),
    }
    if extended:
        found["extended_attributes"] = _extended(page)
    return found


def updated_at(page: CasePage) -> datetime:
    """The end of a closed matter, else its last public step: never what staff do inside."""
    if page.case.state is State.CLOSED and page.case.closed_at is not None:
        return page.case.closed_at
    return max((step.at for step in page.steps), default=page.case.found_at)


def _notes(page: CasePage) -> str:
    """Where it stands, and why when the last step gave a reason."""
    words = str(state_words(page.case.state))
    reason = page.steps[-1].reason_code if page.steps else None
    return f"{words}: {reason_words(reason)}" if reason else words


def _expected(page: CasePage) -> str | None:
    """The promise, where the page shows one: a month is no promise."""
    promised = page.case.promised_at
    if promised is None or page.case.state not in OPEN or page.time is TimePrecision.MONTH:
        return None
    return moment(promised, page.time)


def _address(page: CasePage) -> str | None:
    """From the most specific to the most general, as the standard wants it."""
    names = [in_words(area.names) for area in reversed(page.areas)]
    return ", ".join([page.place_words, *names] if page.place_words else names) or None


def _photo(page: CasePage) -> str | None:
    return address_of("reports.photo", code=page.before[0].code) if page.before else None


def _extended(page: CasePage) -> Fields:
    """The history, and how exact what is said may be."""
    return {
        "time_precision": page.time.value,
        "place_precision": "community" if page.protected else page.publicity.precision.value,
        "promised_days": page.case.promised_days if page.case.state in OPEN else None,
        "url": address_of("reports.show", number=page.case.number),
        "result_media_url": (
            address_of("reports.photo", code=page.after[0].code) if page.after else None
        ),
        "history": [_step(step, page.time) for step in page.steps],
    }


def _step(step: Step, precision: TimePrecision) -> Mapping[str, Any]:
    return {
        "datetime": moment(step.at, precision),
        "type": step.event.value,
        "description": str(EVENTS[step.event]),
        "agency": in_words(step.unit) if step.unit else None,
        "reason": str(reason_words(step.reason_code)) if step.reason_code else None,
        "words": step.words,
    }


def created(filed: FiledByKey, *, extended: bool) -> Fields:
    """The number; and for whoever asks, the receipt that opens the matter for its reporter."""
    found: Fields = {
        "service_request_id": filed.number,
        "service_notice": str(NEXT[State.REPORTED]),
        "account_id": None,
    }
    if extended and filed.receipt is not None:
        token = filed.receipt.token
        found["extended_attributes"] = {
            "token": token,
            "lookup_code": filed.receipt.lookup_code,
            "url": address_of("reports.open_link", token=token),
        }
    return found
