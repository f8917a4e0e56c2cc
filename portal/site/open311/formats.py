"""The two formats of the standard, from the same rows: the JSON is the XML by its Spark rules."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import Response
from markupsafe import escape

from portal.kernel.xml import DECLARATION, UNWRITABLE

JSON, XML = "json", "xml"
TYPES: Final[Mapping[str, str]] = {
    JSON: "application/json; charset=utf-8",
    XML: "text/xml; charset=utf-8",
}
BARE: Final[Mapping[str, str]] = {JSON: "application/json", XML: "text/xml"}
# what each list holds; the standard knows no other names
_ONE: Final[Mapping[str, str]] = {
    "services": "service",
    "service_requests": "request",
    "errors": "error",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "history": "step",
}


def respond(
    name: str, value: Any, form: str, status: int = 200, *, types: Mapping[str, str] = TYPES
) -> Response:
    """A value under a name: in JSON alone, in XML within the element of that name."""
    text = as_xml(name, value) if form == XML else as_json(value)
    response = Response(text, status)
    # set as a whole: Flask would add a charset where the standard wants none
    response.headers["Content-Type"] = types[form]
    return response


def as_json(value: Any) -> str:
    """One line of JSON, its characters as they are."""
    return json.dumps(value, ensure_ascii=False)


def as_xml(name: str, value: Any) -> str:
    """A document without schema, namespace or attributes."""
    return DECLARATION + _element(name, value) + "\n"


def _element(name: str, value: Any) -> str:
    inside = _inside(name, value)
    return f"<{name}>{inside}</{name}>" if inside else f"<{name}/>"


def _inside(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "".join(_element(str(key), item) for key, item in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "".join(_element(_ONE[name], item) for item in value)
    return str(escape(UNWRITABLE.sub("", str(value))))
