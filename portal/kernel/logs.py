"""Logs: one event is one JSON line on stderr, and no phone, code or secret link is ever in it."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

# what new_token() makes, signed cookies, hashes; names_in_traces have no capitals or digits
_TOKEN = re.compile(r"(?<![A-Za-z0-9_-])(?=[A-Za-z0-9_-]*[A-Z0-9])[A-Za-z0-9_-]{20,}")
_PHONE = re.compile(r"(?<!\d)(?:(?:\+|00)?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[ -]?\d{7,8}(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])")
_SECRET_NAMES = re.compile(
    r"(token|secret|password|passwd|pin|code|otp|cookie|authorization|phone|mobile|csrf|session)$",
    re.IGNORECASE,
)
# what lets anybody into a group of an alliance
_GROUP = re.compile(r"https?://(?:[\w-]+\.)*(?:qq|wechat)\.com(?::\d+)?/[^\s\"'<>]*", re.IGNORECASE)
# PostgreSQL shows the whole row that a constraint refused: names and words with it
_ROW = re.compile(r"DETAIL:.*?(?=\n(?:HINT|CONTEXT):|\n\[SQL|\n\(Background|\Z)", re.DOTALL)
# the letters of a card at a meeting place
_POINT = re.compile(r"(?<=/volunteers/point/)[^/?\s]+")
REMOVED = "[removed]"


def scrub_text(text: str) -> str:
    """The text without phones, identity numbers, rows and anything that could be a capability."""
    text = _ROW.sub("DETAIL: [removed]", text)
    text = _GROUP.sub("[group]", text)
    text = _IDENTITY.sub("[identity]", text)
    text = _PHONE.sub("[phone]", text)
    text = _LANDLINE.sub("[phone]", text)
    return _TOKEN.sub("[token]", text)


def scrub_path(path: str) -> str:
    """An address whose secret segments are gone: /volunteers/calendar/[token].ics."""
    return scrub_text(_POINT.sub("[code]", path))


def _scrub_value(name: str, value: Any) -> Any:
    if _SECRET_NAMES.search(name) and not isinstance(value, bool | None):
        return REMOVED
    if isinstance(value, str):
        return scrub_text(value)
    if isinstance(value, Mapping):
        return {key: _scrub_value(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_scrub_value("", item) for item in value]
    if isinstance(value, int | float | None):
        return value
    return scrub_text(str(value))


def scrub(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last step before an event is written (a structlog processor)."""
    kept = {"timestamp", "request_id", "level", "logger"}
    for name in list(event):
        if name not in kept:
            event[name] = _scrub_value(name, event[name])
    return event


def configure_logging(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send our own events and those of the libraries through the same filter. Call once."""
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                scrub,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
