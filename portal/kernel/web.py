"""The web's side of the database: reads for the length of a request, writes by POST only."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar, cast

from flask import current_app, g, request
from sqlalchemy.orm import Session

from portal.kernel.db import Database
from portal.kernel.instance import Instance

# views name the session they pass on, and know nothing else of the database
__all__ = [
    "Session",
    "close_reading",
    "database",
    "instance",
    "keeping",
    "may_keep",
    "reading",
    "write_on_get",
    "writing",
    "writing_by_key",
]

Result = TypeVar("Result")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def database() -> Database:
    """The database of the running application."""
    return cast("Database", current_app.extensions["gongzhi_database"])


def instance() -> Instance:
    """The installation the running application serves."""
    return cast("Instance", current_app.extensions["gongzhi_instance"])


def reading() -> Session:
    """The request's own session for reading, opened at the first call, closed at the end."""
    if "reading" not in g:
        g.reading = database().open_reader()
    return cast("Session", g.reading)


def close_reading(_error: BaseException | None = None) -> None:
    """End the request's read: what it loaded stays usable, its snapshot does not."""
    session = g.pop("reading", None)
    if session is not None:
        session.close()


@contextmanager
def writing() -> Iterator[Session]:
    """A transaction for a POST whose token was checked. Anything else is a programming error."""
    if request.method in SAFE_METHODS:
        raise RuntimeError(f"{request.method} {request.path} tried to write")
    if not g.get("csrf_valid", False):
        raise RuntimeError("a write without a checked form token")
    close_reading()  # a snapshot held open would be stale afterwards
    with database().write() as session:
        yield session


@contextmanager
def writing_by_key() -> Iterator[Session]:
    """A transaction for a POST of a program whose key was checked.

    A key is no cookie: no browser sends it by itself, so there is no form token to ask for.
    """
    if request.method in SAFE_METHODS:
        raise RuntimeError(f"{request.method} {request.path} tried to write")
    if not g.get("key_valid", False):
        raise RuntimeError("a write without a checked key")
    close_reading()
    with database().write() as session:
        yield session


def may_keep() -> bool:
    """Whether a POST comes from a page of ours: its token says so, or the browser itself.

    No other site can set this header, so a photo need not be lost with a token that ran out.
    """
    return bool(g.get("csrf_valid", False)) or (
        request.method not in SAFE_METHODS
        and request.headers.get("Sec-Fetch-Site") == "same-origin"
    )


@contextmanager
def keeping() -> Iterator[Session]:
    """A transaction that keeps what came with a form, and acts upon nothing."""
    if not may_keep():
        raise RuntimeError(f"{request.method} {request.path} came from elsewhere")
    close_reading()
    with database().write() as session:
        yield session


def write_on_get(act: Callable[[Session], Result]) -> Result:
    """The only door through which a GET may write: the audit of looks, counters, nothing else."""
    with database().write() as session:
        return act(session)
