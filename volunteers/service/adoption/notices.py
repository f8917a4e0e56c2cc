"""Messages to adopters: to their phones, in their languages; on their pages it stands anyway."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.queries import people_by_ids, phones_of
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message
from volunteers.queries.adoption.adoptions import AdoptionRow, members_of
from volunteers.rules.adoption.life import BELONGING
from volunteers.service.adoption.moving import subject_of


def own_link(session: Session, number: str) -> str:
    """The adopter's page of an adoption: it opens after a sign-in only."""
    return f"{instance_of(session).config.origin}/me/adoptions/{number}"


def tell_people(
    session: Session,
    row: AdoptionRow,
    people: Iterable[UUID],
    template: str,
    facts: Mapping[str, str],
    now: datetime,
) -> int:
    """Post a message to some people of an adoption; to how many."""
    ids = set(people)
    phones, rows = phones_of(session, ids), people_by_ids(session, ids)
    told = 0
    for person_id in sorted(ids):
        if person_id not in phones or person_id not in rows:
            continue
        post_message(
            session, channel=Channel.SMS, to=phones[person_id], template=template,
            facts={"link": own_link(session, row.number), **facts}, now=now,
            language=rows[person_id].language, subject=subject_of(row.number),
        )  # fmt: skip
        told += 1
    return told


def tell_adopters(
    session: Session, row: AdoptionRow, template: str, facts: Mapping[str, str], now: datetime
) -> int:
    """The same to everybody who stands in it; before the check to whoever applied."""
    people = {m.person_id for m in members_of(session, [row.id]).get(row.id, ())
              if m.role in BELONGING}  # fmt: skip
    if not people and row.applicant_id is not None:
        people = {row.applicant_id}
    return tell_people(session, row, people, template, facts, now)
