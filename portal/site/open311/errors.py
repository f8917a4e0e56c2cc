"""Whatever goes wrong is said as the standard has it: a list of codes with words, and a status."""

import structlog
from flask import Blueprint, Response, request
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError

from portal.accounts.access import KeyRefused
from portal.kernel.errors import Busy, Refused
from portal.kernel.photos import PhotoRefusal
from portal.kernel.words import say
from portal.reports.rules.open311 import Open311Refusal
from portal.site.errors import PAGES, RETRY_SECONDS
from portal.site.open311.formats import JSON, XML, respond
from portal.site.open311.words import STATUS

log = structlog.get_logger("gongzhi.open311")
HOUR = "3600"


def init_blueprint(bp: Blueprint) -> None:
    """Answer every failure of these addresses in their own formats."""
    bp.register_error_handler(Refused, on_refusal)
    bp.register_error_handler(KeyRefused, on_key)
    bp.register_error_handler(HTTPException, on_http)
    bp.register_error_handler(InternalServerError, on_crash)
    for kind in (Busy, OperationalError, InterfaceError, PoolTimeout):
        bp.register_error_handler(kind, on_outage)
    for odd in (DataError, UnicodeError):
        bp.register_error_handler(odd, lambda _error: failed(400, str(PAGES[400].text)))


def failed(status: int, words: str) -> Response:
    """The errors document."""
    form = (request.view_args or {}).get("form") or request.path.rpartition(".")[2]
    shown = JSON if form == JSON else XML
    return respond("errors", [{"code": status, "description": words}], shown, status)


def on_refusal(error: Refused) -> Response:
    """A request that cannot be done as it stands."""
    status = STATUS.get(error.code, 400) if isinstance(error.code, Open311Refusal) else 400
    response = failed(status, say(error.code, **error.facts))
    if status == 429:
        response.headers["Retry-After"] = HOUR
    if error.code is PhotoRefusal.BUSY:
        return on_outage(error)
    return response


def on_key(error: KeyRefused) -> Response:
    """No key, or none that is good for this."""
    return failed(403, say(error.code))


def on_http(error: HTTPException) -> Response:
    """Bodies that cannot be read or are too large, and the like."""
    status = error.code or 500
    return failed(status, str((PAGES.get(status) or PAGES[400]).text))


def on_outage(error: Exception) -> Response:
    """The database is down or busy: nothing was filed, and it may be sent again."""
    log.error("outage", error=type(error).__name__)
    response = failed(503, str(PAGES[503].text))
    response.headers["Retry-After"] = RETRY_SECONDS
    return response


def on_crash(_error: InternalServerError) -> Response:
    """A defect: Flask has put its trace into the log."""
    return failed(500, say(Open311Refusal.FAILED))
