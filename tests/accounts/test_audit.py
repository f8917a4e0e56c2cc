"""The auditors' page: what was noted for programs is read in words."""

from datetime import UTC, datetime

from flask import Flask

from portal.kernel.audit import note_action
from portal.kernel.db import Database
from tests.make.accounts import sign_in_as, staff
from tests.pages import Browser

NOW = datetime(2026, 11, 30, 4, tzinfo=UTC)


def test_the_size_of_a_file_that_somebody_took_is_said_in_words(
    app: Flask, database: Database
) -> None:
    with database.write() as session:
        auditor = staff(session, "auditor")
        note_action(
            session, at=NOW, actor_id=auditor.id, action="figures:export", subject="figures:unit",
            reason="since=2026-11-01; rows=366970",
        )  # fmt: skip
    browser = Browser(app).in_language("en")
    sign_in_as(browser, auditor)
    text = browser.get("/audit/", status=200).text
    assert "since=2026-11-01; 366,970 rows" in text
    assert "rows=" not in text
