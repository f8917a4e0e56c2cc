"""The shapes of what is answered, as JSON Schema 2020-12. Words in English: programmers read them.

Those of Open311 are the shapes of the standard; ``xml`` says how the same rows are written there.
"""

from typing import Any, Final

from portal.reports.rules.codes import PublicState
from portal.reports.rules.open311 import MOST_DESCRIPTION, Datatype
from portal.reports.rules.publicity import TimePrecision
from portal.reports.rules.standards import StandardKind

Schema = dict[str, Any]
TEXT: Final[Schema] = {"type": "string"}
MAYBE: Final[Schema] = {"type": ["string", "null"]}
NUMBER: Final[Schema] = {"type": ["number", "null"]}
WHOLE: Final[Schema] = {"type": ["integer", "null"]}
YES: Final[Schema] = {"type": "boolean"}
MOMENT: Final[Schema] = {"type": "string", "format": "date-time"}
MAYBE_MOMENT: Final[Schema] = {"type": ["string", "null"], "format": "date-time"}
DATE: Final[Schema] = {"type": "string", "format": "date"}
MAYBE_DATE: Final[Schema] = {"type": ["string", "null"], "format": "date"}
NAMES: Final[Schema] = {"type": "object", "additionalProperties": {"type": "string"}}
ADDRESS: Final[Schema] = {"type": ["string", "null"], "format": "uri"}


def ref(name: str) -> Schema:
    """A shape by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def shape(properties: Schema, *optional: str, element: str = "", **more: Any) -> Schema:
    """An object that has all of these and no others; ``element`` is its name in XML."""
    found: Schema = {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
        **more,
    }
    return {**found, "xml": {"name": element}} if element else found


def several(items: Schema, element: str = "") -> Schema:
    """A list; in XML within the element of that name."""
    found: Schema = {"type": "array", "items": items}
    return {**found, "xml": {"name": element, "wrapped": True}} if element else found


def one_of(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


_STEP = shape(
    {"datetime": MOMENT, "type": TEXT, "description": TEXT, "agency": MAYBE, "reason": MAYBE,
     "words": MAYBE},
    element="step",
)  # fmt: skip
_PRECISION = one_of("exact", "road", "community")
_EXTENDED = shape(
    {
        "time_precision": one_of(*TimePrecision),
        "place_precision": _PRECISION,
        "promised_days": WHOLE,
        "url": ADDRESS,
        "result_media_url": ADDRESS,
        "history": several(_STEP, "history"),
    },
    description="Only with extensions=true.",
)
_REQUEST = shape(
    {
        "service_request_id": TEXT,
        "status": one_of("open", "closed"),
        "status_notes": MAYBE,
        "service_name": MAYBE,
        "service_code": TEXT,
        "description": {**MAYBE, "maxLength": MOST_DESCRIPTION},
        "agency_responsible": MAYBE,
        "service_notice": MAYBE,
        "requested_datetime": MOMENT,
        "updated_datetime": MOMENT,
        "expected_datetime": {**MAYBE_MOMENT, "description": "The promise, while it is open."},
        "address": MAYBE,
        "address_id": MAYBE,
        "zipcode": MAYBE,
        "lat": NUMBER,
        "long": NUMBER,
        "media_url": ADDRESS,
        "extended_attributes": _EXTENDED,
    },
    "extended_attributes",
    element="request",
    description="Times are cut to what the public may know: minute, day or month.",
)
_CREATED = shape(
    {
        "service_request_id": TEXT,
        "service_notice": MAYBE,
        "account_id": {"type": "null"},
        "extended_attributes": shape(
            {"token": TEXT, "lookup_code": TEXT, "url": ADDRESS},
            description="The reporter's receipt; only with extensions=true, and only once.",
        ),
    },
    "extended_attributes",
    element="request",
)
_SERVICE = shape(
    {
        "service_code": TEXT,
        "service_name": TEXT,
        "description": MAYBE,
        "metadata": YES,
        "type": one_of("realtime", "batch", "blackbox"),
        "keywords": MAYBE,
        "group": MAYBE,
    },
    element="service",
)
_ATTRIBUTE = shape(
    {
        "variable": YES,
        "code": TEXT,
        "datatype": one_of(*Datatype),
        "required": YES,
        "datatype_description": MAYBE,
        "order": {"type": "integer", "minimum": 1},
        "description": TEXT,
        "values": several(shape({"key": TEXT, "name": TEXT}, element="value"), "values"),
    },
    "values",
    element="attribute",
)
_ENDPOINT = shape(
    {
        "specification": ADDRESS,
        "url": ADDRESS,
        "changeset": TEXT,
        "type": one_of("production", "test"),
        "formats": several({"type": "string", "xml": {"name": "format"}}, "formats"),
    },
    element="endpoint",
)
_POINT = shape(
    {"type": one_of("Point"), "coordinates": {"type": "array", "items": {"type": "number"},
                                              "minItems": 2, "maxItems": 2}}
)  # fmt: skip
_FEED_FEATURE = shape(
    {
        "type": one_of("Feature"),
        "id": TEXT,
        "geometry": {"anyOf": [_POINT, {"type": "null"}]},
        "properties": shape(
            {
                "number": TEXT,
                "url": ADDRESS,
                "category": MAYBE,
                "title": TEXT,
                "state": one_of(*PublicState),
                "state_words": TEXT,
                "urgent": YES,
                "reported": {**TEXT, "description": "2026-11, 2026-11-23 or a moment."},
                "updated": TEXT,
                "place": TEXT,
                "place_precision": _PRECISION,
                "excerpt": MAYBE,
                "photo": ADDRESS,
            }
        ),
    }
)
_PIN = shape(
    {
        "type": one_of("Feature"),
        "geometry": _POINT,
        "properties": shape(
            {"count": {"type": "integer"}, "number": TEXT, "url": TEXT, "state": TEXT, "open": YES,
             "kind": TEXT, "photo": TEXT},
            "number", "url", "state", "open", "kind", "photo",
        ),
    }
)  # fmt: skip
_COLLECTION = one_of("FeatureCollection")

SCHEMAS: Final[Schema] = {
    "Services": several(_SERVICE, "services"),
    "ServiceDefinition": shape(
        {"service_code": TEXT, "attributes": several(_ATTRIBUTE, "attributes")},
        element="service_definition",
    ),
    "Requests": several(_REQUEST, "service_requests"),
    "Created": several(_CREATED, "service_requests"),
    "Token": several(
        shape({"service_request_id": TEXT, "token": TEXT}, element="request"), "service_requests"
    ),
    "Errors": several(
        shape({"code": {"type": "integer"}, "description": TEXT}, element="error"), "errors"
    ),
    "Discovery": shape(
        {"changeset": TEXT, "contact": TEXT, "key_service": TEXT,
         "endpoints": several(_ENDPOINT, "endpoints")},
        element="discovery",
    ),
    "Feed": shape(
        {"type": _COLLECTION, "title": TEXT, "next": ADDRESS, "features": several(_FEED_FEATURE)}
    ),
    "Pins": shape(
        {"type": _COLLECTION, "bbox": several({"type": "number"}), "features": several(_PIN)}
    ),
    "Outlines": shape(
        {
            "type": _COLLECTION,
            "features": several(
                shape({"type": one_of("Feature"), "properties": shape({"code": TEXT}),
                       "geometry": {"type": "object"}})
            ),
        }
    ),
    "FilterProblems": shape({"error": {"type": "object", "additionalProperties": TEXT}}),
    "FormToken": shape({"csrf_token": TEXT, "now": {"type": "integer"}}),
    "Receipt": shape({"number": TEXT, "code": MAYBE, "link": TEXT, "again": YES}),
    "FormErrors": shape({"errors": several(shape({"field": TEXT, "text": TEXT}))}),
    "MyData": {"type": "object", "description": "Everything kept about the person signed in."},
    "MyLedger": {
        "type": "object", "description": "Accounts, consents and entries of the person signed in.",
        "required": ["format", "made_at", "accounts", "consents", "entries"],
        "properties": {
            "format": {"type": "string"},
            "made_at": {"type": "string", "format": "date-time"},
            "accounts": {"type": "array", "items": {"type": "object"}},
            "consents": {"type": "array", "items": {"type": "object"}},
            "entries": {"type": "array", "items": {"type": "object"}},
        },
    },
    "EntryDetails": {
        "type": "object", "description": "Details of an entry and their salt (decision 0027).",
        "required": ["format", "entry", "commitment", "salt", "details"],
        "properties": {
            "format": {"type": "string"},
            "entry": {"type": "string", "format": "uuid"},
            "commitment": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "salt": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "details": {"type": "object"},
        },
    },
    "VoteMinutes": {
        "type": "object",
        "description": "What a vote was counted from and what the rule asks (decision 0051).",
        "required": ["electorate", "findings"],
        "properties": {
            "vote": {"type": "string"}, "text": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "electorate": {"type": "string"}, "electors": {"type": "integer"},
            "outcome": {"enum": ["carried", "no_quorum", "no_majority"]},
            "findings": {"type": "array", "items": {"type": "object"}},
        },
    },
    "MeetingMinutes": {
        "type": "object",
        "description": "What a meeting resolved and its minutes, as they are hashed; no names.",
        "required": ["meeting", "agenda", "present", "minutes", "resolutions"],
        "properties": {
            "meeting": {"type": "string"}, "agenda": {"type": "array", "items": {"type": "string"}},
            "present": {"type": "integer"}, "women": {"type": "integer"},
            "minutes": {"type": "string"},
            "resolutions": {"type": "array", "items": {"type": "object"}},
        },
    },
    "ConsultationReply": {
        "type": "object",
        "description": "A question, the summary and the reply to each group, as they are hashed.",
        "required": ["consultation", "summary", "groups"],
        "properties": {
            "consultation": {"type": "string"}, "summary": {"type": "string"},
            "groups": {"type": "array", "items": {"type": "object"}},
        },
    },
    "ConventionVersion": {
        "type": "object",
        "description": "A version in canonical JSON; the SHA-256 of the bytes is its fingerprint.",
        "required": ["convention", "version", "title", "clauses", "vote", "vote_text"],
        "properties": {
            "convention": {"type": "string"}, "kind": {"type": "string"},
            "version": {"type": "integer"}, "title": {"type": "string"},
            "preamble": {"type": "string"}, "adopted_on": {"type": "string"},
            "effective_from": {"type": "string"}, "review_on": {"type": "string"},
            "vote": {"type": "string"},
            "vote_text": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "clauses": {"type": "array", "items": {"type": "object"}},
            "repeals": {
                "type": "string",
                "description": "The number of the convention that this decision ends; else absent.",
            },
        },
    },
    "Participation": {
        "type": "object",
        "description": "People, rounded to five; null: fewer than ten, which may be nobody, or a "
        "number by which such a one could be computed.",
        "required": ["month", "rounded_to", "fewest", "cells"],
        "properties": {
            "month": {"type": "string"}, "rounded_to": {"type": "integer"},
            "fewest": {"type": "integer"},
            "cells": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["area_code", "name", "took_part", "people", "population", "share"],
                    "properties": {
                        "area_code": {"type": "string"}, "name": {"type": "string"},
                        "took_part": {"type": "string"}, "people": {"type": ["integer", "null"]},
                        "population": {"type": ["integer", "null"]},
                        "share": {"type": ["number", "null"]},
                    },
                },
            },
        },
    },
    "Conventions": {
        "type": "object",
        "description": "Each convention once: its newest round's state, its newest version.",
        "required": ["conventions"],
        "properties": {
            "conventions": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["number", "kind", "title", "place", "state", "page"],
                    "properties": {
                        "number": {"type": "string"}, "kind": {"type": "string"},
                        "title": {"type": "string"}, "place": {"type": "string"},
                        "covers": {"type": "string"}, "state": {"type": "string"},
                        "version": {"type": "integer"}, "page": {"type": "string"},
                        "effective_from": {"type": "string", "format": "date"},
                        "review_on": {"type": "string", "format": "date"},
                        "ended_on": {"type": "string", "format": "date"},
                    },
                },
            },
        },
    },
    "MediaDay": {
        "type": "object",
        "description": "What was published on a day of the city; times are those of its zone.",
        "required": ["day", "city", "items"],
        "properties": {
            "day": {"type": "string", "format": "date"}, "city": {"type": "string"},
            "items": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["kind", "kind_words", "title", "url", "published", "updated",
                                 "place", "summary", "source"],
                    "properties": {
                        "published": {"type": "string", "format": "date-time"},
                        "updated": {"type": "string", "format": "date-time"},
                    },
                    "additionalProperties": {"type": "string"},
                },
            },
        },
    },
    "Manifest": {"type": "object", "description": "A web app manifest."},
    "OpenApi": {"type": "object", "description": "This document."},
    "Words": {"type": "string", "description": "What is wrong, in words."},
    "Standards": shape({
        "date": DATE,
        "categories": several(shape({
            "code": TEXT, "group": TEXT, "names": NAMES, "event_codes": several(TEXT),
            "component_codes": several(TEXT),
            "limits": several(shape({
                "minutes": {"type": "integer"}, "round_the_clock": YES, "source": TEXT,
                "valid_from": DATE, "valid_to": MAYBE_DATE,
            })),
            "rules": several(shape({
                "standard": TEXT, "kind": one_of(*StandardKind), "number": TEXT, "names": NAMES,
                "article": WHOLE, "valid_from": DATE, "valid_to": MAYBE_DATE,
            })),
        })),
    }),
    "Catalogue": {
        "type": "object",
        "description": "The releases of satisfaction and their files (DCAT, as JSON-LD).",
        "required": ["@context", "@type", "dcat:dataset"],
        "properties": {
            "@context": {"type": "object"},
            "@type": {"const": "dcat:Catalog"},
            "@id": TEXT,
            "dcat:dataset": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["@id", "dct:identifier", "dct:license", "dcat:distribution"],
                    "properties": {"@id": TEXT, "dct:identifier": TEXT, "dct:license": TEXT},
                },
            },
        },
    },
    "Atom": {"type": "string", "description": "An Atom feed (RFC 4287)."},
}  # fmt: skip
