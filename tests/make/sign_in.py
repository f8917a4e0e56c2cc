"""What tests of signing in share."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.accounts.rules import Refusal
from portal.accounts.service import Browser as WebBrowser
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.instance import instance_of
from portal.kernel.outbox import OutboxMessage

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
TYPED = "138 0000 1299"
STORED = "+8613800001299"


def last_code(database: Database) -> str:
    """The code in the newest message of the outbox."""
    with database.read() as session:
        newest = OutboxMessage.created_at.desc(), OutboxMessage.id.desc()
        row = session.scalars(select(OutboxMessage).order_by(*newest)).first()
        assert row is not None
        assert row.sealed_facts is not None
        return str(json.loads(instance_of(session).vault.unseal(row.sealed_facts))["code"])


def count(database: Database, model: Any) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def other_than(code: str) -> str:
    return "000000" if code != "000000" else "111111"


def a_browser(key: str = "browser", form_key: str = "form", local: bool = False) -> WebBrowser:
    return WebBrowser(key=key, address="192.0.2.1", form_key=form_key, local=local)


def refusal(act: Callable[[], object]) -> Refusal:
    with pytest.raises(Refused) as caught:
        act()
    assert isinstance(caught.value.code, Refusal)
    return caught.value.code
