"""Messages are put into words at delivery, in the language of whoever receives them."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask

from portal.kernel import messages
from portal.kernel.i18n import LANGUAGES
from portal.kernel.i18n import lazy_gettext as _l
from portal.site.jobs import compose

PLACES = re.compile(r"%\((\w+)\)s")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here differs between the engines."""
    return sqlite_url


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_has_its_facts_in_every_language(app: Flask, language: str) -> None:
    assert messages.has_template("accounts.code")
    with app.app_context():
        for template, words in messages._TEMPLATES.items():
            facts = {name: _fact(name) for name in PLACES.findall(str(words))}
            text = compose(template, facts, language)
            assert text.count("77") >= len(facts), template
            assert "%(" not in text, template


def _fact(name: str) -> str:
    """A value in which 77 is read whatever it is: a day and a moment are said with that year."""
    if name.endswith("_at"):
        return "2077-02-03T00:00:00+00:00"
    return "2077-02-03" if name.endswith("_on") else "77"


def test_moments_days_and_names_are_said_in_the_receiver_s_language(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.site.dates.now", lambda: datetime(2026, 11, 1, tzinfo=UTC))
    monkeypatch.setitem(messages._TEMPLATES, "t", _l("%(unit)s|%(due_at)s|%(due_on)s|%(n)s"))
    facts = {
        "unit": {"zh_Hans": "园林所", "zh_Hant": "園林所", "en": "Parks"},
        "due_at": "2026-11-22T20:30:00+00:00",
        "due_on": "2026-11-23",
        "n": 3,
    }
    with app.app_context():
        assert compose("t", facts, "en") == "Parks|Mon 23 Nov, 04:30|Mon 23 Nov|3"
        assert compose("t", facts, "zh_Hans") == "园林所|11月23日 周一 04:30|11月23日 周一|3"
        assert compose("t", facts, "zh_Hant").startswith("園林所|")
