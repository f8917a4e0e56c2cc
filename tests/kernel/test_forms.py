"""Days and numbers of forms: what is none is told once, in words of ours."""

import pytest
from flask import Flask
from wtforms.validators import InputRequired, NumberRange

from portal.kernel.forms import DayField, Form, WholeNumberField
from portal.reports.forms.grid import MemberForm
from portal.reports.forms.passes import ForwardForm
from portal.reports.forms.routing import ResponsibilityForm

NO_DAY, NO_NUMBER = "请按 2026-07-01 的格式填写日期。", "请填写整数。"


class TrialForm(Form):
    day = DayField("Day", [InputRequired()])
    count = WholeNumberField("Count", [NumberRange(1, 9, message="One to nine.")])


@pytest.fixture(autouse=True)
def one_engine(database_url: str) -> None:
    """Forms know no database."""


pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def errors_of(app: Flask, form: type[Form], field: str, typed: str) -> list[str]:
    with app.test_request_context(method="POST", data={field: typed}):
        made = form()
        made.validate()
        assert made[field].data is None
        return [str(error) for error in made[field].errors]


@pytest.mark.parametrize("typed", ["明天", "2026-02-30", "1.7.2026"])
def test_what_is_no_day_is_told_once(app: Flask, typed: str) -> None:
    assert errors_of(app, TrialForm, "day", typed) == [NO_DAY]


@pytest.mark.parametrize("typed", ["十", "1.5", "9e9"])
def test_what_is_no_whole_number_is_not_measured_too(app: Flask, typed: str) -> None:
    assert errors_of(app, TrialForm, "count", typed) == [NO_NUMBER]


@pytest.mark.parametrize("typed", ["", " "])
def test_an_empty_day_or_number_may_be_optional(app: Flask, typed: str) -> None:
    assert errors_of(app, MemberForm, "since", typed) == []
    assert errors_of(app, ForwardForm, "answer_by", typed) == []
    assert errors_of(app, ResponsibilityForm, "square_metres", typed) == []
    # and where it may not, that alone is told
    assert len(errors_of(app, TrialForm, "day", "")) == 1


@pytest.mark.parametrize(
    ("form", "field", "told"),
    [
        (MemberForm, "since", NO_DAY),
        (ForwardForm, "answer_by", NO_DAY),
        (ResponsibilityForm, "square_metres", NO_NUMBER),
    ],
)
def test_no_form_speaks_the_library_s_words(
    app: Flask, form: type[Form], field: str, told: str
) -> None:
    assert errors_of(app, form, field, "很久") == [told]
