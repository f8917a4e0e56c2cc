"""A message to one volunteer, in her language, to the phone she has proved."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.queries import people_by_ids, phones_of
from portal.kernel.outbox import Channel, post_message


def tell_person(
    session: Session,
    person_id: UUID,
    template: str,
    facts: Mapping[str, Any],
    *,
    subject: str,
    now: datetime,
    due_at: datetime | None = None,
) -> bool:
    """Queue it; False when she has no phone: then it stands on her page alone."""
    phone = phones_of(session, [person_id]).get(person_id)
    person = people_by_ids(session, [person_id]).get(person_id)
    if phone is None or person is None:
        return False
    post_message(
        session, channel=Channel.SMS, to=phone, template=template, facts=facts, now=now,
        language=person.language, due_at=due_at, subject=subject,
    )  # fmt: skip
    return True
