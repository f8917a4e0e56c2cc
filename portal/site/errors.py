"""What goes wrong is said in the reader's language, with what to do next and whom to call."""

import errno
from collections.abc import Mapping
from typing import NamedTuple

import structlog
from flask import Flask, Response, make_response, render_template
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError

from portal.kernel.errors import Busy, Conflict, Forbidden, Missing, Refused
from portal.kernel.i18n import days_in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, say

log = structlog.get_logger("gongzhi.errors")
RETRY_SECONDS = "30"
# numeric_value_out_of_range
NUMBER_TOO_LARGE = "22003"


class Page(NamedTuple):
    """The words of one error page."""

    title: Words
    text: Words


PAGES: Mapping[int, Page] = {
    400: Page(
        _l("We could not read that"),
        _l("Part of the address or of the form was damaged. Please go back and try again."),
    ),
    403: Page(
        _l("This is not open to you"),
        _l("Only those who look after it can open it. If your work needs it, ask for access."),
    ),
    404: Page(
        _l("There is no such page"),
        _l("Please check the address or the number. It may be gone, or it is not public."),
    ),
    405: Page(
        _l("This page cannot be used that way"),
        _l("Please open the page again from its link and use the button on it."),
    ),
    409: Page(
        _l("Somebody else was faster"),
        _l("This was changed meanwhile. Please go back, load the page again and check it."),
    ),
    413: Page(
        _l("That was too large"),
        _l("One photo may have up to 10 MB. Please go back and choose a smaller one."),
    ),
    422: Page(
        _l("That could not be done"),
        _l("Please go back, check what you entered and send it again."),
    ),
    429: Page(
        _l("Too many tries"),
        _l("To protect everyone, this is limited. Please wait a while and try again."),
    ),
    500: Page(
        _l("Something went wrong here"),
        _l("This is our mistake, not yours. Please try again in a few minutes."),
    ),
    503: Page(
        _l("Too busy at the moment"),
        _l("Nothing was changed. Please go back and send it again in half a minute."),
    ),
}


def init_app(app: Flask) -> None:
    """Answer every failure with a page of ours."""
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(InternalServerError, on_crash)
    app.register_error_handler(Missing, lambda _error: page(404))
    app.register_error_handler(Forbidden, lambda _error: page(403))
    app.register_error_handler(Refused, on_refusal)
    app.register_error_handler(IntegrityError, on_lost_race)
    for kind in (Busy, OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(kind, on_outage)
    # bytes that no database and no page can hold, typed into an address
    app.register_error_handler(DataError, on_bad_data)
    app.register_error_handler(UnicodeError, lambda _error: page(400))
    app.register_error_handler(OverflowError, on_huge_number)
    app.register_error_handler(OSError, on_system)


def page(
    status: int, text: str | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """One error page; a refusal brings its own words."""
    words = PAGES.get(status) or PAGES[500 if status >= 500 else 400]
    body = render_template(
        "errors/error.html", heading=words.title, text=text or words.text, status=status
    )
    response = make_response(body, status)
    response.headers.update(headers or {})
    return response


def on_http(error: HTTPException) -> Response:
    """Werkzeug's own: redirects pass, the rest gets our words and keeps its useful headers."""
    original = error.get_response()
    status = error.code or 500
    if status < 400:
        return make_response(original)
    kept = {
        name: original.headers[name]
        for name in ("Allow", "Retry-After", "WWW-Authenticate")
        if name in original.headers
    }
    return page(status, headers=kept)


def on_refusal(error: Refused) -> Response:
    """A refusal that no form could show."""
    status = 409 if isinstance(error, Conflict) else 422
    return page(status, text=say(error.code, **days_in_words(error.facts)))


def on_lost_race(error: IntegrityError) -> Response:
    """The database kept a promise that the code did not foresee: for the reader a lost race."""
    log.error("integrity", error=str(error.orig))
    return page(409)


def on_outage(error: Exception) -> Response:
    """The database is down, locked or full. Nothing was half written."""
    log.error("outage", error=type(error).__name__, cause=str(getattr(error, "orig", error)))
    return page(503, headers={"Retry-After": RETRY_SECONDS})


def on_system(error: OSError) -> Response:
    """A full disk is an outage; any other failure of the machine is a crash."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return on_outage(error)
    raise error


def on_bad_data(error: DataError) -> Response:
    """A number that PostgreSQL cannot hold has no page; anything else could not be read."""
    too_large = getattr(error.orig, "sqlstate", None) == NUMBER_TOO_LARGE
    return page(404 if too_large else 400)


def on_huge_number(error: OverflowError) -> Response:
    """A number that SQLite cannot hold has no page; any other is a crash."""
    if "SQLite INTEGER" in str(error):
        return page(404)
    raise error


def on_crash(_error: InternalServerError) -> Response:
    """A defect: Flask has put its trace into the log, and nothing of it is shown."""
    return page(500)
