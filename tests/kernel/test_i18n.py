"""Texts are found once a request, and another language holds for its while only."""

from datetime import date
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, render_template_string

from portal.kernel import i18n
from portal.kernel.config import CHECKOUT
from portal.kernel.i18n import days_in_words, gettext, in_language, lazy_gettext

SAVE = lazy_gettext("Save")
HOME = "{{ _('Home') }}"


@pytest.fixture
def app() -> Flask:
    app = Flask("little")
    app.config["BABEL_DEFAULT_LOCALE"] = "zh_Hans"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(CHECKOUT / "translations")
    i18n.init_app(app, ZoneInfo("Asia/Shanghai"))
    return app


def said() -> tuple[str, str, str]:
    return gettext("Home"), str(SAVE), render_template_string(HOME)


@pytest.mark.parametrize("was_asked", [True, False])
def test_another_language_holds_for_its_while(app: Flask, *, was_asked: bool) -> None:
    with app.test_request_context("/?lang=zh_Hant"):
        if was_asked:
            assert said() == ("首頁", "保存", "首頁")
        with in_language("en"):
            assert said() == ("Home", "Save", "Home")
            with in_language("zh_Hans"):
                assert said() == ("首页", "保存", "首页")
            assert said() == ("Home", "Save", "Home")
        assert said() == ("首頁", "保存", "首頁")
    with app.test_request_context("/"):
        assert said() == ("首页", "保存", "首页")


def test_outside_of_everything_the_source_is_said() -> None:
    with in_language("zh_Hans"):
        assert (gettext("Home"), str(SAVE)) == ("Home", "Save")


def test_a_request_finds_its_texts_once(app: Flask) -> None:
    finding = patch.object(i18n, "get_translations", wraps=i18n.get_translations)
    with finding as found, app.test_request_context("/"):
        assert {said() for _ in range(9)} == {("首页", "保存", "首页")}
    assert found.call_count == 1


def test_a_day_in_a_sentence_is_said_as_people_say_it(app: Flask) -> None:
    with app.test_request_context("/"):
        said = days_in_words({"day": date(2026, 12, 3), "most": 5})
        assert said == {"day": "2026年12月3日", "most": 5}
        with in_language("en"):
            assert "2026-12-03" not in str(days_in_words({"day": date(2026, 12, 3)}))
