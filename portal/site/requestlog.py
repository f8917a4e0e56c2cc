"""One line a request: what was asked and how it went, never by whom or for what words."""

import time
import uuid

import structlog
from flask import Flask, Response, g, request

from portal.kernel.logs import scrub_path

log = structlog.get_logger("gongzhi.request")


def init_app(app: Flask) -> None:
    """Note the start of each request and log its end."""
    app.before_request(begin)
    app.after_request(end)


def begin() -> None:
    """Give the request a name that appears in every line it causes."""
    g.started = time.perf_counter()
    g.request_id = uuid.uuid4().hex[:12]
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def end(response: Response) -> Response:
    """Log the request. The query string stays out: people search for names and numbers."""
    if request.endpoint == "static":
        return response
    started = g.get("started")
    log.info(
        "request",
        method=request.method,
        path=scrub_path(request.path),
        endpoint=request.endpoint,
        status=response.status_code,
        ms=round((time.perf_counter() - started) * 1000) if started else None,
    )
    if "request_id" in g:
        response.headers["X-Request-Id"] = g.request_id
    return response
