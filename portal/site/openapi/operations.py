"""What programs can ask for. The addresses are read from the portal's own map, not written twice.

An endpoint that answers JSON or XML and is not here fails a test.
"""

from dataclasses import dataclass
from typing import Any, Final

from portal.reports.rules.listing import Asked
from portal.reports.rules.open311 import MOST_DESCRIPTION, MOST_MARK, MOST_RADIUS, MOST_ROWS
from portal.site.openapi.schemas import Schema, one_of, ref

JSON, XML = "application/json", "text/xml"
GEOJSON, ATOM = "application/geo+json", "application/atom+xml"
FORM, FILES = "application/x-www-form-urlencoded", "multipart/form-data"


@dataclass(frozen=True)
class Operation:
    """One method of one endpoint. ``answers`` are the schemas by status and type."""

    endpoint: str
    summary: str
    answers: dict[int, dict[str, str]]
    method: str = "get"
    query: tuple[Schema, ...] = ()
    headers: tuple[Schema, ...] = ()
    body: dict[str, Schema] | None = None
    security: tuple[str, ...] = ()


def parameter(name: str, description: str = "", **schema: Any) -> Schema:
    """One optional text in the query, if nothing else is said."""
    found: Schema = {"name": name, "in": "query", "schema": {"type": "string", **schema}}
    return {**found, "description": description} if description else found


LANGUAGE = parameter("lang", enum=["zh_Hans", "zh_Hant", "en"])
JURISDICTION = parameter("jurisdiction_id", "Optional: there is one jurisdiction here.")
EXTENSIONS = parameter("extensions", "true adds extended_attributes.", enum=["true", "false"])
STANDARD = (JURISDICTION, LANGUAGE)
FILTERS = (*(parameter(name) for name in vars(Asked())), LANGUAGE)


def both(name: str, *errors: int) -> dict[int, dict[str, str]]:
    """Answered in both formats of the standard, as its errors are."""
    found = {200: {JSON: name, XML: name}}
    return found | {status: {JSON: "Errors", XML: "Errors"} for status in errors}


_FILTER_PROBLEM: Final = {422: {"text/plain": "Words"}}
_REPORT: Final[Schema] = {
    "type": "object",
    "required": ["service_code"],
    "properties": {
        "api_key": {"type": "string", "description": "Or as X-Api-Key."},
        "jurisdiction_id": {"type": "string"},
        "service_code": {"type": "string"},
        "lat": {"type": "number"},
        "long": {"type": "number"},
        "address_string": {"type": "string"},
        "address_id": {"type": "string", "description": "The code of a place."},
        "description": {"type": "string", "maxLength": MOST_DESCRIPTION},
        "phone": {"type": "string", "description": "A mobile number, for the receipt."},
        "media_url": {"type": "string", "description": "Shown to staff as text; never fetched."},
        "external_id": {"type": "string", "maxLength": MOST_MARK,
                        "description": "Your own number: sent again, it is the same report."},
        "publish": {"type": "string", "enum": ["true", "false"],
                    "description": "Whether the reporter agreed to show words and photos."},
        "extensions": {"type": "string", "enum": ["true", "false"]},
    },
    "patternProperties": {
        r"^attribute\[[^\[\]]+\](\[\])?$": {"description": "As the service's definition asks."}
    },
}  # fmt: skip
_WITH_PHOTOS: Final[Schema] = {
    **_REPORT,
    "properties": {
        **_REPORT["properties"],
        "media": {"type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": 3},
    },
}
_OFFLINE: Final[Schema] = {
    "type": "object",
    "required": ["csrf_token", "draft_key", "category", "contact"],
    "description": "The fields of the page /reports/offline; draft_key makes it one report.",
}
_CHECK: Final[Schema] = {
    "type": "object",
    "required": ["csrf_token", "draft_key", "number", "finding"],
    "description": "The fields of the page /desk/grid/check; draft_key makes it one check.",
}

OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation("open311.discovery", "Where the interface is", both("Discovery")),
    Operation("open311.discovery_bare", "The same by Accept", both("Discovery")),
    Operation("open311.services", "What can be reported", both("Services", 404), query=STANDARD),
    Operation(
        "open311.service", "The questions of a service", both("ServiceDefinition", 404),
        query=STANDARD,
    ),
    Operation(
        "open311.requests", "Public reports of some time", both("Requests", 400, 404),
        query=(
            parameter("service_request_id", "Several with commas; overrides all other arguments."),
            parameter("service_code", "Several with commas."),
            parameter("start_date", "At most 90 days before end_date.", format="date-time"),
            parameter("end_date", format="date-time"),
            parameter("status", "open, closed, or both with a comma."),
            parameter("lat", type="number"),
            parameter("long", type="number"),
            parameter("radius", "Metres around lat and long.", type="number", maximum=MOST_RADIUS),
            parameter("page", type="integer", minimum=1),
            parameter("page_size", type="integer", minimum=1, maximum=MOST_ROWS),
            EXTENSIONS,
            *STANDARD,
        ),
    ),
    Operation(
        "open311.request", "One report; a key also finds its own before they are public",
        both("Requests", 404), query=(EXTENSIONS, parameter("api_key"), *STANDARD),
    ),
    Operation(
        "open311.create", "File a report", both("Created", 400, 403, 404, 429, 503),
        method="post", query=(LANGUAGE,),
        headers=(
            {"name": "Idempotency-Key", "in": "header",
             "schema": {"type": "string", "maxLength": MOST_MARK}},
        ),
        body={FORM: _REPORT, FILES: _WITH_PHOTOS}, security=("api_key",),
    ),
    Operation(
        "open311.token", "The number of a report by its receipt's token", both("Token", 404),
        query=STANDARD,
    ),
    Operation("satisfaction.catalog", "Every data set and its files", {200: {JSON: "Catalogue"}}),
    Operation(
        "reports.standards_json", "What each kind of problem rests on, in all versions",
        {200: {JSON: "Standards"}},
    ),
    Operation(
        "feeds.geojson", "The public list as GeoJSON",
        {200: {GEOJSON: "Feed"}} | _FILTER_PROBLEM, query=FILTERS,
    ),
    Operation(
        "feeds.atom", "The public list as Atom",
        {200: {ATOM: "Atom"}} | _FILTER_PROBLEM, query=FILTERS,
    ),
    Operation("feeds.questions_atom", "Questions to units as Atom", {200: {ATOM: "Atom"}}),
    Operation("feeds.data_atom", "The releases as Atom", {200: {ATOM: "Atom"}}),
    Operation(
        "reports.map_data", "The pins of a window of the map",
        {200: {GEOJSON: "Pins"}, 422: {JSON: "FilterProblems"}}, query=FILTERS,
    ),
    Operation(
        "adoption.points", "Adoptable things in a window of the map",
        {200: {GEOJSON: "Pins"}},
        query=(*map(parameter, ("place", "kind", "standing", "new", "bbox")), LANGUAGE),
    ),
    Operation("reports.map_outlines", "Outlines of places", {200: {GEOJSON: "Outlines"}}),
    Operation(
        "reports.offline_token", "A form token, for the page that reports without a network",
        {200: {JSON: "FormToken"}},
    ),
    Operation(
        "reports.offline", "Send what was written without a network",
        {200: {JSON: "Receipt"}, 409: {JSON: "FormErrors"}, 422: {JSON: "FormErrors"}},
        method="post", body={FILES: _OFFLINE},
    ),
    Operation(
        "reports.desk_spot", "Send a check on the spot that was kept without a network",
        {200: {JSON: "Receipt"}, 409: {JSON: "FormErrors"}, 422: {JSON: "FormErrors"}},
        method="post", body={FILES: _CHECK}, security=("session",),
    ),
    Operation(
        "accounts.my_data_file", "Everything that is kept about me", {200: {JSON: "MyData"}},
        security=("session",),
    ),
    Operation(
        "credit.ledger_json", "My points and records", {200: {JSON: "MyLedger"}},
        security=("session",),
    ),
    Operation(
        "credit.my_details", "What opens the commitment of an entry of mine",
        {200: {JSON: "EntryDetails"}}, security=("session",),
    ),
    Operation(
        "conventions.vote_minutes", "The figures of a vote, to count it again",
        {200: {JSON: "VoteMinutes"}},
    ),
    Operation(
        "conventions.meeting_minutes", "Published minutes, to hash them again",
        {200: {JSON: "MeetingMinutes"}},
    ),
    Operation(
        "conventions.consultation_reply", "A published reply, to hash it again",
        {200: {JSON: "ConsultationReply"}},
    ),
    Operation(
        "conventions.version_json", "A published text as it was hashed, to hash it again",
        {200: {JSON: "ConventionVersion"}},
    ),
    Operation(
        "conventions.conventions_json", "The conventions of communities and where they stand",
        {200: {JSON: "Conventions"}},
    ),
    Operation(
        "publicity.articles_feed", "Published articles as Atom", {200: {ATOM: "Atom"}},
        query=(*map(parameter, ("kind", "place")), LANGUAGE),
    ),
    Operation(
        "publicity.media_atom", "The news of a day as Atom", {200: {ATOM: "Atom"}},
        query=(parameter("day"), LANGUAGE),
    ),
    Operation(
        "publicity.media_json", "The news of a day", {200: {JSON: "MediaDay"}},
        query=(parameter("day"), LANGUAGE),
    ),
    Operation(
        "publicity.participation_json", "How many took part in a month, by place and way",
        {200: {JSON: "Participation"}},
    ),
    Operation(
        "site.manifest", "The installable site", {200: {"application/manifest+json": "Manifest"}}
    ),
    Operation("openapi.show", "This document", {200: {JSON: "OpenApi"}}),
)  # fmt: skip


def content(types: dict[str, str]) -> Schema:
    """What is answered, by its type."""
    return {name: {"schema": ref(schema)} for name, schema in types.items()}


FORMAT = {"name": "form", "in": "path", "required": True, "schema": one_of("json", "xml")}
