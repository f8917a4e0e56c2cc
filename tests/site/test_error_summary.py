"""What an error summary says above a form."""

import pytest
from flask import Flask
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from portal.accounts.access import public
from portal.kernel.forms import Form
from portal.kernel.pages import answer
from tests.pages import Browser

PAGE = """{% extends "base.html" %}
{% from "ui/form.html" import form_open, form_close, error_summary with context %}
{% from "ui/field.html" import field with context %}
{% from "ui/button.html" import button %}
{% block title %}Trial{% endblock %}
{% block content %}<h1>Trial</h1>{{ error_summary(form) }}{{ form_open(form) }}
{{ field(form.name) }}{{ field(form.place) }}{{ field(form.note) }}
{{ button("Send") }}{{ form_close() }}{% endblock %}"""


class TrialForm(Form):
    name = StringField("Name", [InputRequired(message="Please fill this in.")])
    place = StringField("Where is it?", [InputRequired(message="Please fill this in.")])
    note = StringField("Note", [Length(max=3, message="Too long.")])


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here differs between the engines."""
    return sqlite_url


def test_the_same_words_of_two_fields_say_which_field_it_is(app: Flask, browser: Browser) -> None:
    def trial() -> ResponseReturnValue:
        return answer(TrialForm(), app.jinja_env.from_string(PAGE), lambda _session: "/help")

    app.add_url_rule("/trial", "trial", public(trial), methods=["GET", "POST"])
    page = (
        browser.in_language("en")
        .get("/trial", status=200)
        .form()
        .fill(note="abcd")
        .send("Send", status=422)
    )
    assert page.errors == [
        "Name: Please fill this in.", "Where is it: Please fill this in.", "Too long.",
    ]  # fmt: skip
