"""Choosing prepared words on the page of a step: they are filled in, and can still be changed."""

from collections.abc import Mapping
from typing import Any

from babel.dates import format_date
from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor
from portal.kernel.city import LANGUAGES
from portal.kernel.clock import local
from portal.kernel.i18n import in_language, ngettext
from portal.kernel.web import Session, instance, reading
from portal.kernel.words import say
from portal.reports.forms.desk import StepForm, step_form
from portal.reports.forms.replies import choose_reply
from portal.reports.queries.case import CaseRow
from portal.reports.queries.replies import ReplyRow
from portal.reports.rules.codes import Event
from portal.reports.rules.replies import ReplyRefusal, added
from portal.reports.service.desk import DeskCase
from portal.reports.service.replies import count_use, offered_replies, reply_words

FILL = "fill"


def form_with_replies(page: DeskCase, event: Event) -> StepForm:
    """The form of a step, with prepared words where there are some."""
    offered = offered_replies(reading(), page.case, event, current_actor())
    kind = step_form(event)
    if offered:
        kind = type(kind.__name__, (kind,), {"reply": choose_reply(offered)})
    return kind()


def wants_words(form: StepForm) -> bool:
    """Whether the button that fills in words was pressed, not the step's own."""
    return request.method == "POST" and FILL in request.form and "reply" in form


def fill_words(
    form: StepForm, page: DeskCase, template: str, /, *, event: Event, **context: Any
) -> ResponseReturnValue:
    """The page again, with everything that was typed, and the chosen words behind it."""
    # photos that came along are kept, whatever else is missing yet
    form.validate()
    for field in form:
        if not getattr(field, "takes_files", False) and field.name != "csrf_token":
            field.errors = []
    offered = offered_replies(reading(), page.case, event, current_actor())
    row = next((row for row in offered if row.code == form.text("reply")), None)
    if row is None:
        form.reply.errors = [say(ReplyRefusal.NOT_CHOSEN)]
        return render_template(template, form=form, event=event, **context), 422
    form.words.data = added(form.words.data or "", _words(row, page.case))
    return render_template(template, form=form, event=event, **context)


def _words(row: ReplyRow, case: CaseRow) -> str:
    return reply_words(reading(), row, case, promised_words(case))


def promised_words(case: CaseRow) -> Mapping[str, str]:
    """The promised day in each language, or in how many working days."""
    found = {}
    for language in LANGUAGES:
        with in_language(language):
            if case.promised_at is not None:
                day = local(case.promised_at, instance().city.zone)
                found[language] = format_date(day, "long", locale=language)
            else:
                days = case.promised_days or 0
                found[language] = ngettext("%(num)s working day", "%(num)s working days", days)
    return {language: str(words) for language, words in found.items()}


def count_reply(session: Session, form: StepForm, case: CaseRow, event: Event) -> None:
    """A step was taken with prepared words."""
    code = form.text("reply")
    if code:
        count_use(session, code, offered_replies(session, case, event, current_actor()))
