"""The reporter rates the outcome of her own matter, by account or by the link she was sent."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading, writing
from portal.kernel.words import say
from portal.reports.forms.rating import NO, YES, RatingForm, given_answers
from portal.reports.forms.track import ConfirmForm
from portal.reports.queries.case import CaseReporterRow, CaseRow
from portal.reports.queries.rating import Standing, rating_standing
from portal.reports.queries.showing import offers_tick
from portal.reports.rules.rating import is_unhappy
from portal.reports.rules.showing import as_shown
from portal.reports.service.rating import Verdict, rate_outcome
from portal.reports.service.voices import voices_needed
from portal.reports.views.blueprint import bp
from portal.reports.views.reporter_session import own_case
from portal.satisfaction.labels import LEVELS, REASONS, satisfied_words
from portal.satisfaction.queries import ratings_by
from portal.satisfaction.service import hide_ratings

HIDDEN = _l("The unit does not see your rating any more. It may have been read before.")
FORM, CHECK = "reports/rating/form.html", "reports/rating/check.html"


@bp.route("/reports/<number>/rate", methods=["GET", "POST"])
@public
def rate(number: str) -> ResponseReturnValue:
    """Ask how it went. An unhappy answer is sent only from the page that says what it does."""
    case, reporter = own_case(number)
    standing = standing_of(case, reporter)
    form = _form(standing)
    about = _about(case, reporter, standing, form)
    if request.method == "GET" and standing.refusal is not None:
        return render_template("reports/rating/not_now.html", why=say(standing.refusal), **about)
    if request.form.get("step") == "change" or form.must_be_checked(standing.settings):
        return _another_page(form, about)
    template = CHECK if form.checked.data == YES else FORM
    return answer(form, template, lambda session: _keep(session, case, reporter, form), **about)


@bp.get("/reports/<number>/reopen")
@public
def reopen(number: str) -> ResponseReturnValue:
    """Not solved after all: the rating form, with that answered."""
    case, _ = own_case(number)
    return redirect(url_for("reports.rate", number=case.number, solved=NO), 303)


@bp.get("/reports/<number>/rated")
@public
def rated(number: str) -> ResponseReturnValue:
    """What she said, and what follows from it."""
    case, reporter = own_case(number)
    standing = standing_of(case, reporter)
    if standing.mine is None:
        return redirect(url_for("reports.rate", number=case.number), 303)
    unhappy = is_unhappy(standing.mine.answers, standing.settings)
    about = _about(case, reporter, standing, None)
    return render_template("reports/rating/rated.html", unhappy=unhappy, **about)


@bp.post("/reports/<number>/rated/hide")
@public
def hide_rating(number: str) -> ResponseReturnValue:
    """From now on the unit does not see what she said of this matter, in whichever closing."""
    case, reporter = own_case(number)
    if ConfirmForm().validate():
        with writing() as session:
            hide_ratings(session, [reporter.id])
        flash(str(HIDDEN), "success")
    return redirect(url_for("reports.rate", number=case.number), 303)


def _form(standing: Standing) -> RatingForm:
    """The form: as posted, as she answered before, or empty (perhaps with "not solved")."""
    if standing.mine is not None and standing.refusal is None:
        mine = standing.mine
        shown = mine.shown_since is not None
        given = given_answers(mine.answers, mine.version, shown=shown)
    else:
        given = {"seen": "0"}
    if request.args.get("solved") == NO:
        given["solved"] = NO
    return RatingForm(data=given)


def standing_of(case: CaseRow, reporter: CaseReporterRow) -> Standing:
    """How the rating stands for this visitor, who may have joined later."""
    return rating_standing(reading(), case, reporter.id, now(), joined_at=reporter.joined_at)


def _about(
    case: CaseRow, reporter: CaseReporterRow, standing: Standing, form: RatingForm | None
) -> dict[str, object]:
    """What the pages say besides the form."""
    shown = [one for one in ratings_by(reading(), [reporter.id]) if one.shown_since]
    return {
        "case": case,
        "standing": standing,
        "offers_tick": offers_tick(reading(), case),
        "shown": bool(shown),
        "kept_back": any(as_shown(one.answers).kept_back for one in shown),
        "hide_form": ConfirmForm(),
        # one who joined is a voice among several
        "needed": voices_needed(reading()) if reporter.joined_at else 0,
        "levels": LEVELS,
        "reasons": REASONS,
        "satisfied": satisfied_words(standing.settings.satisfied_levels),
        "carried": form.carried() if form is not None else [],
    }


def _another_page(form: RatingForm, about: dict[str, object]) -> ResponseReturnValue:
    """The check page before an unhappy answer is sent, or back from it to the questions."""
    if request.form.get("step") == "change":
        form.checked.data = ""
        return render_template(FORM, form=form, **about)
    form.checked.data = YES
    form.passed_on.data = form.passed_on.data or form.words.data
    return render_template(CHECK, form=form, **about)


def _keep(session: Session, case: CaseRow, reporter: CaseReporterRow, form: RatingForm) -> str:
    shown = bool(form.shown.data)
    verdict = Verdict(form.answers, form.words_for_unit, form.version_seen, shown)
    rate_outcome(session, case, reporter, verdict, now=now())
    return url_for("reports.rated", number=case.number)
