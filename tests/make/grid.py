"""A grid and who works in it, for tests."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.models import Area
from portal.areas.queries import AreaRow, area_by_code
from portal.kernel.db import Database
from portal.kernel.outbox import OutboxMessage
from tests.make import accounts
from tests.make.intake import COMMUNITY

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
STREET = "370283001"
POINT = (119.9, 36.7)


def lead(session: Session, tree: dict[str, Area], role: str = "grid_lead") -> Actor:
    person = accounts.staff(session, role, area=tree[COMMUNITY])
    return accounts.actor(session, person)


def sent(database: Database, template: str) -> int:
    with database.read() as session:
        rows = select(func.count()).select_from(OutboxMessage)
        return session.scalar(rows.where(OutboxMessage.template == template)) or 0


def area_row(session: Session) -> AreaRow:
    found = area_by_code(session, COMMUNITY)
    assert found is not None
    return found
