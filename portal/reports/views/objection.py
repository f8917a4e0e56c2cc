"""What the public sees of one's own report, why not all of it, and the one objection to that."""

from functools import partial
from typing import Any

from babel.lists import format_list
from flask import url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import current_language
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.reports.forms.guard import ObjectionForm
from portal.reports.labels.case import REVIEWS, TEXT_KINDS, reason_words
from portal.reports.labels.guard import MASKS, OUTCOMES
from portal.reports.queries.case import CaseReporterRow, CaseRow, photos_of, texts_of
from portal.reports.queries.guard import objection_of
from portal.reports.rules.guarding import MOST_WORDS
from portal.reports.rules.masking import what_is_masked
from portal.reports.service.objections import may_object, object_to_decision
from portal.reports.views.blueprint import bp
from portal.reports.views.reporter_session import own_case


@bp.app_template_filter("masks_in")
def masks_in(text: str) -> str:
    """What kinds of things in some words lead to a person, named."""
    found = dict.fromkeys(str(MASKS[find.kind]) for find in what_is_masked(text))
    return str(format_list(list(found), locale=current_language()))


@bp.route("/reports/<number>/objection", methods=["GET", "POST"])
@public
def objection(number: str) -> ResponseReturnValue:
    """Her words and photos as the public sees them, with the reasons, and what she says to it."""
    case, reporter = own_case(number)
    if not reporter.own:
        raise Missing
    form = ObjectionForm()
    return answer(
        form,
        "reports/public/objection.html",
        partial(_object, case, reporter, form),
        thanks=_l("Thank you. Somebody who did not take part in the decision will look at it."),
        **_sight(case, reporter),
    )


def _sight(case: CaseRow, reporter: CaseReporterRow) -> dict[str, Any]:
    """Everything of hers, as the public sees it."""
    mine = objection_of(reading(), case, reporter.id)
    return {
        "case": case,
        "texts": [text for text in texts_of(reading(), case) if text.hers and text.text],
        "photos": [photo for photo in photos_of(reading(), case) if photo.hers],
        "mine": mine,
        "may_object": mine is None and may_object(reading(), case, reporter),
        "outcomes": OUTCOMES,
        "most": MOST_WORDS,
        "reviews": REVIEWS,
        "reason_words": reason_words,
        "text_kinds": TEXT_KINDS,
    }


def _object(case: CaseRow, reporter: CaseReporterRow, form: ObjectionForm, session: Session) -> str:
    object_to_decision(session, case, reporter, form.words.data, now=now())
    return url_for("reports.objection", number=case.number)
