"""The message that asks somebody whether an article about her may be shown."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.queries import people_by_ids, phones_of
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message, wipe_messages

_TEMPLATE: Final = "article.asked"


def ask_person(session: Session, number: str, person_id: UUID, now: datetime) -> None:
    """To her phone, if she has one, in her language; on her page it stands anyway."""
    phone = phones_of(session, [person_id]).get(person_id)
    person = people_by_ids(session, [person_id]).get(person_id)
    if phone is None or person is None:
        return
    link = f"{instance_of(session).config.origin}/me/articles/{number}"
    post_message(
        session, channel=Channel.SMS, to=phone, template=_TEMPLATE, facts={"link": link}, now=now,
        language=person.language, subject=_subject(number),
    )  # fmt: skip


def stop_asking(session: Session, number: str) -> None:
    """What waits to be sent about it goes."""
    wipe_messages(session, _subject(number))


def _subject(number: str) -> str:
    return f"article:{number}"
