"""The conversation of a form: nothing typed is lost, done twice, or done without a token."""

import re
import threading
from enum import StrEnum

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from jinja2 import DictLoader
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from wtforms import StringField
from wtforms.validators import Length

from portal.kernel import clock, pages, web
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Refused
from portal.kernel.forms import Form, clean_text
from portal.kernel.i18n import babel, chosen_language
from portal.kernel.idempotency import SpentKey
from portal.kernel.instance import Instance
from portal.kernel.pages import local_path


class No(StrEnum):
    """Reasons of the little house below."""

    BAD_WORD = "bad word"


class WordForm(Form):
    word = StringField("Word", validators=[Length(max=20)])


PAGE = """<form method=post>{{ form.hidden_tag() }}
<input name=word value="{{ form.word.data or '' }}">
{% for _anchor, text in form.summary() %}<p class=error>{{ text }}</p>{% endfor %}</form>"""


def act(session: Session, word: str) -> str:
    if word == "refused":
        raise Refused(No.BAD_WORD, field="word")
    if word == "late":
        raise Conflict(No.BAD_WORD)
    session.add(SpentKey(key=f"word-{word}", spent_at=clock.now()))
    return f"/word/{word}"


@pytest.fixture
def little(instance: Instance, database: Database) -> Flask:
    """A house of one form, on the same kernel."""
    app = Flask("little")
    app.testing = True
    app.secret_key = "made-up-" * 5
    app.jinja_loader = DictLoader({"word.html": PAGE})
    app.extensions.update(gongzhi_instance=instance, gongzhi_database=database)
    app.config["BABEL_DEFAULT_LOCALE"] = "en"
    babel.init_app(app, locale_selector=chosen_language)
    app.teardown_request(web.close_reading)

    @app.route("/word", methods=["GET", "POST"])
    def word() -> ResponseReturnValue:
        form = WordForm()
        return pages.answer(form, "word.html", lambda session: act(session, form.word.data))

    @app.route("/naughty")
    def naughty() -> str:
        with web.writing():
            return "written by GET"

    @app.post("/tokenless")
    def tokenless() -> str:
        with web.writing():
            return render_template_string("written without a token")

    return app


def hidden(html: str) -> dict[str, str]:
    found = {}
    for tag in re.findall(r"<input[^>]+type=\"hidden\"[^>]*>", html):
        name = re.search(r'name="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        assert name
        found[name[1]] = value[1] if value else ""
    return found


def words_kept(database: Database) -> int:
    with database.read() as session:
        keys = select(func.count()).where(SpentKey.key.like("word-%"))
        return session.scalar(keys) or 0


def opened(client: FlaskClient) -> dict[str, str]:
    return hidden(client.get("/word").text)


def test_a_good_form_acts_and_goes_on(little: Flask, database: Database) -> None:
    client = little.test_client()
    answer = client.post("/word", data={**opened(client), "word": "yes"})
    assert (answer.status_code, answer.location) == (303, "/word/yes")
    assert words_kept(database) == 1


def test_the_same_form_twice_acts_once(little: Flask, database: Database) -> None:
    client = little.test_client()
    form = opened(client)
    first = client.post("/word", data={**form, "word": "one"})
    second = client.post("/word", data={**form, "word": "two"})
    assert first.location == second.location == "/word/one"
    assert words_kept(database) == 1


def test_a_double_click_in_two_threads_acts_once(little: Flask, database: Database) -> None:
    client = little.test_client()
    form = {**opened(client), "word": "click"}
    cookie = client.get_cookie("session")
    assert cookie
    together = threading.Barrier(4)
    places: list[str | None] = []

    def click() -> None:
        other = little.test_client()
        other.set_cookie("session", cookie.value)
        together.wait()
        places.append(other.post("/word", data=form).location)

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert places == ["/word/click"] * 4
    assert words_kept(database) == 1


def test_somebody_else_cannot_replay_a_key(little: Flask) -> None:
    client, stranger = little.test_client(), little.test_client()
    form = opened(client)
    client.post("/word", data={**form, "word": "mine"})
    theirs = {**opened(stranger), "idempotency_key": form["idempotency_key"]}
    answer = stranger.post("/word", data={**theirs, "word": "theirs"})
    assert answer.location == "/word/theirs"


def test_a_stale_form_keeps_what_was_typed(little: Flask, database: Database) -> None:
    client = little.test_client()
    opened(client)
    answer = client.post("/word", data={"csrf_token": "stale", "word": "precious"})
    assert answer.status_code == 422
    assert "precious" in answer.text
    assert "Nothing is lost" in answer.text
    assert words_kept(database) == 0
    again = client.post("/word", data={**hidden(answer.text), "word": "precious"})
    assert again.location == "/word/precious"


@pytest.mark.parametrize(("word", "status"), [("refused", 422), ("late", 409)])
def test_a_refusal_shows_the_form_again(little: Flask, word: str, status: int) -> None:
    client = little.test_client()
    answer = client.post("/word", data={**opened(client), "word": word})
    assert answer.status_code == status
    assert "bad word" in answer.text
    assert f'value="{word}"' in answer.text


def test_a_get_cannot_write_and_a_post_without_a_token_neither(little: Flask) -> None:
    client = little.test_client()
    with pytest.raises(RuntimeError, match="GET /naughty tried to write"):
        client.get("/naughty")
    with pytest.raises(RuntimeError, match="token"):
        client.post("/tokenless")


def test_typed_text_loses_only_what_no_reader_can_see() -> None:
    assert clean_text("路灯\x00坏了\ud800\r\n第二行 ") == "路灯坏了\n第二行"
    assert clean_text("e\u0301") == "é"


@pytest.mark.parametrize(
    "url", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "", None]
)
def test_the_way_back_stays_on_this_site(url: str | None) -> None:
    assert local_path(url, "/me") == "/me"
    assert local_path("/reports/new?x=1") == "/reports/new?x=1"
