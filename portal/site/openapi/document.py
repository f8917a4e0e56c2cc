"""``/openapi.json``: put together from the operations and the portal's own map of addresses."""

import re
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from flask import Blueprint, Flask, Response, current_app, json
from flask.typing import ResponseReturnValue
from werkzeug.routing import Rule

from portal.accounts.access import public
from portal.kernel.web import instance
from portal.site.openapi.operations import FORMAT, OPERATIONS, Operation, content
from portal.site.openapi.schemas import SCHEMAS, Schema

bp = Blueprint("openapi", __name__)
_PLACE = re.compile(r"<(?:[^<>:]*(?:\([^()]*\))?:)?([a-z_]+)>")
_KEYS = {
    "api_key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
    "session": {"type": "apiKey", "in": "cookie", "name": "session"},
}


@bp.get("/openapi.json")
@public
def show() -> ResponseReturnValue:
    """Every address that answers programs, for programs and for whoever writes them."""
    server = {"url": instance().config.origin}
    text = json.dumps({**described(current_app), "servers": [server]})
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=3600"}
    return Response(text, 200, headers, mimetype="application/json")


def described(app: Flask) -> Schema:
    """The document but for its server, which differs from city to city."""
    paths: dict[str, Schema] = {}
    for operation in OPERATIONS:
        rule = rule_of(app, operation)
        paths.setdefault(path_of(rule), {})[operation.method] = _described(operation, rule)
    return {
        "openapi": "3.1.0",
        "info": _info(),
        "paths": paths,
        "components": {"schemas": SCHEMAS, "securitySchemes": _KEYS},
    }


@cache
def _info() -> Schema:
    return {
        "title": "Gongzhi",
        "version": version("gongzhi"),
        "description": "Reports of a city: Open311 GeoReport v2, feeds, and data of the pages.",
    }


def rule_of(app: Flask, operation: Operation) -> Rule:
    """The operation's rule in the map."""
    rules = app.url_map.iter_rules(operation.endpoint)
    return next(rule for rule in rules if operation.method.upper() in (rule.methods or ()))


def path_of(rule: Rule) -> str:
    """``/services/<code>.<any(json, xml):form>`` as ``/services/{code}.{form}``."""
    return _PLACE.sub(r"{\1}", rule.rule)


def _described(operation: Operation, rule: Rule) -> Schema:
    places = [FORMAT if name == "form" else _place(name) for name in _PLACE.findall(rule.rule)]
    found: dict[str, Any] = {
        "operationId": operation.endpoint,
        "summary": operation.summary,
        "responses": {
            str(status): {
                "description": HTTPStatus(status).phrase, "content": content(types),
            }
            for status, types in operation.answers.items()
        },
    }  # fmt: skip
    parameters = [*places, *operation.query, *operation.headers]
    if parameters:
        found["parameters"] = parameters
    if operation.body:
        bodies = {name: {"schema": schema} for name, schema in operation.body.items()}
        found["requestBody"] = {"required": True, "content": bodies}
    if operation.security:
        found["security"] = [{name: []} for name in operation.security]
    return found


def _place(name: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
