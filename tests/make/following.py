"""Followers for tests: by account, and by a telephone that has confirmed."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.kernel.outbox import OutboxMessage
from portal.reports.models import Follow
from portal.reports.queries.following import follow_to_confirm
from portal.reports.rules.following import FollowWay, Subject
from portal.reports.service.following.asking import (
    Asked,
    ask_to_follow,
    confirm_follow,
    follow,
    secret_of,
)
from tests.make.accounts import actor
from tests.make.reports import NOW

NAMES = {"zh_Hans": "东阁街道", "zh_Hant": "東閣街道", "en": "Dongge"}
PHONE = "+8613800001266"
# the fixed hour of the shipped city is 18:30; a step can be undone for ten minutes
EVENING = datetime.fromisoformat("2026-11-23T18:45:00+08:00")
DAY = timedelta(days=1)


def own(
    session: Session, person: Person, subject: Subject, way: FollowWay = FollowWay.APP,
    *, at_once: bool = False, at: datetime = NOW,
) -> None:  # fmt: skip
    """Somebody follows with her account."""
    who = actor(session, person)
    follow(session, who, Asked(subject, NAMES, at_once), way=way, language="zh_Hans", now=at)


def asked(
    session: Session, subject: Subject, to: str = PHONE, *, at_once: bool = False,
    at: datetime = NOW, address: str = "10.0.0.1",
) -> None:  # fmt: skip
    """A telephone or an address is typed."""
    wish = Asked(subject, NAMES, at_once)
    ask_to_follow(session, wish, to, address=address, language="zh_Hans", now=at)


def confirmed(session: Session, subject: Subject, to: str = PHONE, **more: Any) -> str:
    """The same, and the link is used; the token of the page of this receiver."""
    asked(session, subject, to, **more)
    # the link is looked for by its row
    session.flush()
    newest = session.scalars(select(Follow).order_by(Follow.id.desc()).limit(1)).one()
    vault = instance_of(session).vault
    found = follow_to_confirm(session, secret_of(vault, "confirm", newest.id))
    assert found is not None
    return confirm_follow(session, found, now=more.get("at", NOW)).rpartition("/")[2]


def pending(session: Session, subject: Subject, to: str = PHONE, *, at: datetime = NOW) -> str:
    """A telephone was typed, and its link is not used yet: the token of that link."""
    asked(session, subject, to, at=at)
    session.flush()  # its row is looked for
    newest = session.scalars(select(Follow.id).order_by(Follow.id.desc()).limit(1)).one()
    return secret_of(instance_of(session).vault, "confirm", newest)


def of_case(case: Any) -> Subject:
    return Subject(district=case.district, case_id=case.id)


def posted(database: Database, template: str = "follow.") -> list[tuple[str, str, dict[str, Any]]]:
    """(template, to, facts) of messages to followers, in their order."""
    with database.read() as session:
        rows = session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.template.startswith(template))
            .order_by(OutboxMessage.id)
        ).all()
        vault = instance_of(session).vault
        return [
            (row.template, vault.unseal(row.sealed_to or ""), _facts(vault, row)) for row in rows
            if row.sealed_to and row.sealed_facts
        ]  # fmt: skip


def _facts(vault: Any, row: OutboxMessage) -> dict[str, Any]:
    return dict(json.loads(vault.unseal(row.sealed_facts or "")))


def token_in(address: str) -> str:
    found = re.search(r"/f/([A-Za-z0-9_-]+)", address)
    assert found is not None
    return found.group(1)
