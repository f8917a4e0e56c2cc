"""The desk of assessment: for checkers, for the assessed, and for those who assess."""

from datetime import date
from functools import partial

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.assessment.forms import (
    CheckForm,
    DecideForm,
    FollowForm,
    HeldForm,
    MediaForm,
    ObjectForm,
    ScoreForm,
)
from portal.assessment.labels import OBJECTION_STATES, TALK_STATES
from portal.assessment.labels.words import indicator_words
from portal.assessment.queries.frozen import FrozenLine, frozen, json_of, row_of
from portal.assessment.queries.objections import latest_objections
from portal.assessment.queries.talks import all_talks
from portal.assessment.rules import TalkState
from portal.assessment.rules.objecting import indicator_in
from portal.assessment.rules.sets import LIAISON
from portal.assessment.service.objecting import (
    Decision,
    ObjectionWish,
    decide_objection,
    mine_to_object,
    object_to,
    objection_here,
    unit_here,
)
from portal.assessment.service.recording import (
    CheckWish,
    MediaWish,
    Rater,
    ScoreWish,
    media_units,
    raters_of,
    record_check,
    record_media,
    record_score,
    units_to_check,
    units_to_score,
)
from portal.assessment.service.talks import Held, follow_talk, hold_talk, talk_here
from portal.assessment.views.blueprint import bp
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading

FOLDER = "assessment/desk"
SAVED = _l("Saved.")
HUB = "assessment.desk"


@bp.get("/desk/assessment/")
@requires(Permission.DESK_OPEN)
def desk() -> ResponseReturnValue:
    """What somebody can do here, and what waits for her."""
    actor, session = current_actor(), reading()
    decides = actor.may(Permission.ASSESSMENT_DECIDE)
    raters = {one.group for one in raters_of(session, actor, _today())}
    return render_template(
        f"{FOLDER}/hub.html",
        scores=bool(raters - {LIAISON}),
        rates=LIAISON in raters,
        mine=mine_to_object(session, actor, now()),
        objections=latest_objections(session) if decides else (),
        talks=all_talks(session) if decides else (),
        states=OBJECTION_STATES,
        talk_states=TALK_STATES,
    )


@bp.route("/desk/assessment/check", methods=["GET", "POST"])
@requires(Permission.ASSESSMENT_CHECK)
def check() -> ResponseReturnValue:
    """Put down what was seen of a unit."""
    form = CheckForm(day=_today())
    form.offer(units_to_check(reading(), current_actor(), _today()))

    def act(session: Session) -> str:
        wish = CheckWish(*form.chosen(), form.day.data, form.scores(), form.reason.data or "")
        record_check(session, current_actor(), wish, now=now())
        return url_for("assessment.check")

    return answer(form, f"{FOLDER}/check.html", act, thanks=SAVED)


@bp.route("/desk/assessment/media", methods=["GET", "POST"])
@requires(Permission.ASSESSMENT_DECIDE)
def media() -> ResponseReturnValue:
    """Put down a critical report of the media."""
    form = MediaForm(day=_today())
    form.offer(media_units(reading(), _today()))

    def act(session: Session) -> str:
        wish = MediaWish(
            *form.chosen(), form.day.data, form.medium.data or "", form.headline.data or ""
        )
        record_media(session, current_actor(), wish, now=now())
        return url_for("assessment.media")

    return answer(form, f"{FOLDER}/media.html", act, thanks=SAVED)


@bp.route("/desk/assessment/score", methods=["GET", "POST"])
@requires(Permission.ASSESSMENT_RATE)
def score() -> ResponseReturnValue:
    """Score another unit, as a unit."""
    return _score("assessment.score", liaison=False)


@bp.route("/desk/assessment/departments", methods=["GET", "POST"])
@requires(Permission.DEPARTMENT_RATE)
def departments() -> ResponseReturnValue:
    """Score a department, as a liaison officer."""
    return _score("assessment.departments", liaison=True)


def _score(endpoint: str, *, liaison: bool) -> ResponseReturnValue:
    raters = _raters(liaison=liaison)
    if not raters:
        raise Missing
    form = ScoreForm(day=_today())
    form.offer(units_to_score(reading(), raters, _today()))
    form.ask(raters)

    def act(session: Session) -> str:
        score = form.score.data or 0
        wish = ScoreWish(form.by(), form.day.data, *form.chosen(), score, form.reason.data or "")
        record_score(session, current_actor(), wish, now=now())
        return url_for(endpoint)

    return answer(form, f"{FOLDER}/score.html", act, thanks=SAVED, liaison=liaison)


def _raters(*, liaison: bool) -> list[Rater]:
    """For whom somebody scores on a page: as a liaison officer, or for units."""
    found = raters_of(reading(), current_actor(), _today())
    return [one for one in found if (one.group == LIAISON) == liaison]


@bp.route("/desk/assessment/periods/<string(maxlength=16):slug>/<group>/<unit>/object",
          methods=["GET", "POST"])  # fmt: skip
@requires(Permission.ASSESSMENT_OBJECT)
def objection(slug: str, group: str, unit: str) -> ResponseReturnValue:
    """Object to a figure of one's unit."""
    unit_here(reading(), current_actor(), group, unit)
    line, row = frozen(reading(), slug), row_of(reading(), slug, group, unit)
    if line is None or row is None:
        raise Missing
    form = ObjectForm()
    form.offer(_figures(line, group))

    def act(session: Session) -> str:
        wish = ObjectionWish(form.indicator.data or "", form.words.data or "")
        object_to(session, current_actor(), slug, group, unit, wish, now=now())
        return url_for("assessment.period", slug=slug)

    return answer(form, f"{FOLDER}/object.html", act, thanks=SAVED, line=line, row=row)


def _figures(line: FrozenLine, group: str) -> list[tuple[str, str]]:
    document = json_of(reading(), line.slug)
    return [
        (one["code"], indicator_words(line.set_code, group, one["code"]))
        for found in document["groups"]
        if found["code"] == group
        for one in found["indicators"]
    ]


@bp.route("/desk/assessment/objections/<string(maxlength=16):number>", methods=["GET", "POST"])
@requires(Permission.ASSESSMENT_DECIDE)
def decide(number: str) -> ResponseReturnValue:
    """Decide an objection."""
    row, form = objection_here(reading(), current_actor(), number), DecideForm()
    line = frozen(reading(), row.slug)
    known = indicator_in(json_of(reading(), row.slug), row.group, row.indicator)
    act = partial(_decide, row.number, form)
    return answer(
        form, f"{FOLDER}/decide.html", act, thanks=SAVED, row=row, line=line, known=known,
        states=OBJECTION_STATES,
    )  # fmt: skip


def _decide(number: str, form: DecideForm, session: Session) -> str:
    decision = Decision(form.upheld.data == "yes", form.why.data or "", form.becomes.data)
    decide_objection(session, current_actor(), number, decision, now=now())
    return url_for(HUB)


@bp.route("/desk/assessment/talks/<string(maxlength=16):number>", methods=["GET", "POST"])
@requires(Permission.ASSESSMENT_DECIDE)
def talk(number: str) -> ResponseReturnValue:
    """Write down a talk, and later what became of it."""
    row = talk_here(reading(), current_actor(), number)
    form = HeldForm() if row.state is TalkState.DUE else FollowForm()
    act = partial(_talk, row.number, form)
    return answer(form, f"{FOLDER}/talk.html", act, thanks=SAVED, row=row, states=TALK_STATES)


def _talk(number: str, form: HeldForm | FollowForm, session: Session) -> str:
    if isinstance(form, FollowForm):
        follow_talk(session, current_actor(), number, form.followed.data or "")
    else:
        held = Held(
            form.office.data or "", form.held_on.data, form.promise.data or "",
            form.follow_up_on.data,
        )  # fmt: skip
        hold_talk(session, current_actor(), number, held, now=now())
    return url_for(HUB)


def _today() -> date:
    return city_day(now(), instance().city.zone)
