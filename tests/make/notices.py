"""Public notices for tests."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from portal.areas.rules import Keeper, NoticeLevel
from portal.areas.service.notices import put_up_notice, take_down_notice

EVERYWHERE = Keeper(None, None)
WORDS = {"zh_Hans": "暴雨，请不要外出。", "en": "Heavy rain: stay inside."}


def put_up(
    session: Session, code: str, level: NoticeLevel = NoticeLevel.ORANGE, **more: Any
) -> UUID:
    """A notice that stands for six hours, and is told."""
    given: dict[str, Any] = {
        "words": WORDS, "issuer": "平度市气象台", "lasts": timedelta(hours=6), "tell": True,
    }  # fmt: skip
    return put_up_notice(session, EVERYWHERE, code, level=level, **(given | more))


def taken_down(session: Session, code: str, *, now: datetime) -> str:
    """The id of one that stood for a minute, so that it stands above no page."""
    made = put_up(session, code, tell=False, now=now - timedelta(minutes=1))
    session.flush()
    take_down_notice(session, EVERYWHERE, made, now=now)
    return str(made)
