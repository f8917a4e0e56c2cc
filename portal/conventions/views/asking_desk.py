"""Questions at the desk of whoever asks, and of the communities that are asked."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.areas.queries import AreaRow, areas_by_ids, places_to_choose
from portal.areas.rules import CODE_LENGTH
from portal.conventions.forms.consultations import (
    AskingForm,
    GroupForm,
    OpinionForm,
    PlaceAnswerForm,
    ReplyForm,
    SortForm,
    SummaryForm,
)
from portal.conventions.forms.talk import LookForm
from portal.conventions.forms.texts import SureForm
from portal.conventions.labels.consultations import ASKING_STATES
from portal.conventions.labels.personal import SAID_STATES
from portal.conventions.labels.talk import ANSWERS
from portal.conventions.queries.consultations import (
    PAGE,
    AskingRow,
    asked_by,
    asked_of,
    groups_of,
    opinions_of,
    places_of,
    standing_of,
    waiting_opinions,
)
from portal.conventions.rules.consultations import ConsultationState, why_not_reply
from portal.conventions.rules.talk import SaidState
from portal.conventions.service.consultations import (
    OPEN,
    announce,
    answer_for_place,
    any_asking,
    asking_here,
    change_asking,
    start_asking,
)
from portal.conventions.service.meetings import MANAGE
from portal.conventions.service.opinions import (
    add_group,
    decide_opinion,
    drop_group,
    group_here,
    opinion_here,
    publish_reply,
    put_in_group,
    reply_to_group,
    type_opinion,
    typing_here,
    write_summary,
)
from portal.conventions.service.tasks import DESK
from portal.conventions.views.blueprint import bp
from portal.conventions.views.consultations import after_key, asking_words
from portal.conventions.views.meetings import area_here
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import days_in_words, ngettext
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.kernel.words import say
from portal.organisations.queries import standing_organisations

FOLDER = "conventions/asking/desk"
SAVED = _l("Saved.")
ANNOUNCED = _l("Announced. Everybody can read it.")
ANSWERED = _l("Sent. The answer of your community stands on the page of the question.")
PUBLISHED = _l("Published. The reply does not change any more.")


def _here(number: str) -> AskingRow:
    return asking_here(reading(), current_actor(), number)


def _address(number: str) -> str:
    return url_for("conventions.desk_asking", number=number)


@bp.get("/desk/consultations/")
@requires(OPEN)
def desk_askings() -> ResponseReturnValue:
    """What I, my unit or my office asks."""
    actor, after = current_actor(), clean_number(request.args.get("after", "")[:20]) or ""
    units, places = actor.organisations_for(OPEN), actor.places_for(OPEN)
    found = asked_by(reading(), units, places, after)
    rows = found[:PAGE]
    return render_template(
        f"{FOLDER}/list.html", rows=rows, **asking_words(rows),
        waiting=waiting_opinions(reading(), {row.id for row in rows}),
        following=rows[-1].number if len(found) > PAGE else None,
    )  # fmt: skip


def _to_choose() -> tuple[list[AreaRow], bool]:
    return places_to_choose(reading(), current_actor().places_for(OPEN))


def _offer(form: AskingForm) -> AskingForm:
    actor = current_actor()
    today = city_day(now(), instance().city.zone)
    units = standing_organisations(reading(), actor.organisations_for(OPEN), today)
    form.offer(units, office=actor.places_for(OPEN) != ())
    return form


@bp.route("/desk/consultations/new", methods=["GET", "POST"])
@requires(OPEN)
def desk_asking_new() -> ResponseReturnValue:
    """Prepare a question."""
    form = _offer(AskingForm())

    def act(session: Session) -> str:
        wish, unit = form.wish(), form.unit_id()
        return _address(start_asking(session, current_actor(), wish, unit, now=now()))

    return answer(form, f"{FOLDER}/ask.html", act, thanks=SAVED, row=None, to_choose=_to_choose())


@bp.route("/desk/consultations/<number>/change", methods=["GET", "POST"])
@requires(OPEN)
def desk_asking_change(number: str) -> ResponseReturnValue:
    """Prepare it otherwise, as long as it is not announced."""
    row = _here(number)
    places = places_of(reading(), row.id)
    areas = areas_by_ids(reading(), {row.area_id, *(one.area_id for one in places)})
    code = areas[row.area_id].code
    form = _offer(AskingForm(data=_typed(row, code, [areas[one.area_id].code for one in places])))

    def act(session: Session) -> str:
        change_asking(session, current_actor(), row.number, form.wish(code), now=now())
        return _address(row.number)

    return answer(form, f"{FOLDER}/ask.html", act, thanks=SAVED, row=row, to_choose=_to_choose())


def _typed(row: AskingRow, code: str, places: list[str]) -> dict[str, Any]:
    return {
        "kind": row.kind.value, "place": code, "title": row.title, "markdown": row.markdown,
        "opens_on": row.opens_on, "closes_on": row.closes_on, "short_why": row.short_why,
        "places": "\n".join(places), "unit": str(row.organisation_id or ""),
    }  # fmt: skip


@bp.get("/desk/consultations/<number>")
@requires(OPEN)
def desk_asking(number: str) -> ResponseReturnValue:
    """A question at the desk: answers, opinions to be looked at and sorted, groups, summary."""
    return render_template(f"{FOLDER}/one.html", sort=_sorting(_here(number)), **_one(number))


def _sorting(row: AskingRow) -> SortForm:
    form = SortForm()
    form.offer(groups_of(reading(), row.id))
    return form


def _one(number: str) -> dict[str, Any]:
    row = _here(number)
    found = opinions_of(reading(), row.id, shown=False, after=after_key())
    words, places = asking_words([row]), places_of(reading(), row.id)
    words["areas"] |= areas_by_ids(reading(), {one.area_id for one in places})
    phase = words["phases"][row.id]
    refusal = why_not_reply(phase, standing_of(reading(), row))
    facts = {"day": row.closes_on, "first": row.opens_on}
    return {
        "row": row, "phase": phase, "opinions": found[:PAGE], "places": places,
        "groups": {one.id: one for one in groups_of(reading(), row.id)}, "answers": ANSWERS,
        "said": SAID_STATES, "sure": SureForm(), "shown": SaidState.SHOWN,
        "preparing": row.state is ConsultationState.DRAFT,
        "replied": row.state is ConsultationState.ANSWERED, "waits": SaidState.WAITING,
        "why": say(refusal, **days_in_words(facts)) if refusal else None,
        "following": found[PAGE - 1].id if len(found) > PAGE else None, **words,
    }  # fmt: skip


@bp.route("/desk/consultations/<number>/announce", methods=["GET", "POST"])
@requires(OPEN)
def desk_asking_announce(number: str) -> ResponseReturnValue:
    """Announce a question: it does not change any more."""
    row = _here(number)

    def act(session: Session) -> str:
        announce(session, current_actor(), row.number, now=now())
        return _address(row.number)

    return answer(SureForm(), f"{FOLDER}/announce.html", act, thanks=ANNOUNCED, row=row)


@bp.route("/desk/consultations/<number>/paper", methods=["GET", "POST"])
@requires(DESK)
def desk_asking_paper(number: str) -> ResponseReturnValue:
    """Type an opinion from paper."""
    row, form = typing_here(reading(), current_actor(), number), OpinionForm()

    def act(session: Session) -> str:
        type_opinion(session, current_actor(), row.number, form.words.data or "", now=now())
        return url_for("conventions.desk_asking_paper", number=row.number)

    return answer(form, f"{FOLDER}/paper.html", act, thanks=SAVED, row=row)


@bp.route("/desk/consultations/opinions/<uuid:opinion>", methods=["GET", "POST"])
@requires(OPEN)
def desk_opinion(opinion: UUID) -> ResponseReturnValue:
    """Decide whether everybody may read an opinion."""
    row, asking = opinion_here(reading(), current_actor(), opinion)
    form = LookForm()
    act = partial(_decide, opinion, asking.number, form)
    return answer(
        form, f"{FOLDER}/opinion.html", act, thanks=SAVED, row=row, said=SAID_STATES,
    )  # fmt: skip


def _decide(opinion_id: UUID, number: str, form: LookForm, session: Session) -> str:
    decide_opinion(
        session, current_actor(), opinion_id, show=form.show.data == "yes",
        reason=form.reason.data or "", now=now(),
    )  # fmt: skip
    return _address(number)


@bp.route("/desk/consultations/<number>/groups/new", methods=["GET", "POST"])
@requires(OPEN)
def desk_group_new(number: str) -> ResponseReturnValue:
    """Begin a group of opinions."""
    row, form = _here(number), GroupForm()

    def act(session: Session) -> str:
        add_group(session, current_actor(), row.number, form.title.data or "")
        return _address(row.number)

    return answer(form, f"{FOLDER}/group.html", act, thanks=SAVED, row=row, group=None)


@bp.route("/desk/consultations/<number>/groups/<uuid:group>", methods=["GET", "POST"])
@requires(OPEN)
def desk_group(number: str, group: UUID) -> ResponseReturnValue:
    """Write the reply to a group."""
    row = _here(number)
    found = group_here(reading(), row, group)
    answered = found.answer.value if found.answer else None
    form = ReplyForm(data={"title": found.title, "answer": answered, "reply": found.reply})

    def act(session: Session) -> str:
        reply_to_group(session, current_actor(), row.number, group, form.wish())
        return _address(row.number)

    return answer(form, f"{FOLDER}/group.html", act, thanks=SAVED, row=row, group=found)


@bp.post("/desk/consultations/<number>/groups/<uuid:group>/out")
@requires(OPEN)
def desk_group_out(number: str, group: UUID) -> ResponseReturnValue:
    """Give up a group with nothing in it."""
    row = _here(number)
    found = group_here(reading(), row, group)

    def act(session: Session) -> str:
        drop_group(session, current_actor(), row.number, found.id)
        return _address(row.number)

    return answer(SureForm(), f"{FOLDER}/sure.html", act, thanks=SAVED, row=row)


@bp.post("/desk/consultations/<number>/sort")
@requires(OPEN)
def desk_asking_sort(number: str) -> ResponseReturnValue:
    """Put what is ticked into a group."""
    row = _here(number)
    form = _sorting(row)
    act = partial(_sort, row.number, form)
    return answer(form, f"{FOLDER}/one.html", act, sort=form, **_one(number))


def _sort(number: str, form: SortForm, session: Session) -> str:
    group = form.chosen()
    if group is None:
        raise Missing
    found = put_in_group(session, current_actor(), number, group, *form.ticked())
    flash(str(ngettext("Sorted: %(num)s.", "Sorted: %(num)s.", found)), "success")
    return _address(number)


@bp.route("/desk/consultations/<number>/summary", methods=["GET", "POST"])
@requires(OPEN)
def desk_asking_summary(number: str) -> ResponseReturnValue:
    """Write the summary."""
    row = _here(number)
    form = SummaryForm(data={"text": row.summary})

    def act(session: Session) -> str:
        write_summary(session, current_actor(), row.number, form.text.data or "")
        return _address(row.number)

    return answer(form, f"{FOLDER}/summary.html", act, thanks=SAVED, row=row)


@bp.route("/desk/consultations/<number>/publish", methods=["GET", "POST"])
@requires(OPEN)
def desk_asking_publish(number: str) -> ResponseReturnValue:
    """Publish summary and replies."""
    row = _here(number)

    def act(session: Session) -> str:
        publish_reply(session, current_actor(), row.number, now=now())
        return _address(row.number)

    groups = groups_of(reading(), row.id)
    return answer(
        SureForm(), f"{FOLDER}/publish.html", act, thanks=PUBLISHED, row=row, groups=groups,
        answers=ANSWERS,
    )  # fmt: skip


@bp.get("/desk/questions/")
@requires(MANAGE)
def desk_questions() -> ResponseReturnValue:
    """What the communities that I look after are asked; ``of``: the list of one question."""
    after = clean_number(request.args.get("after", "")[:20]) or ""
    only = clean_number(request.args.get("of", "")[:20]) or ""
    place = request.args.get("place", "")[:CODE_LENGTH]
    asked = current_actor().places_for(MANAGE)
    found = asked_of(reading(), asked, after, only=only, beyond=place if only else "")
    rows = found[:PAGE]
    areas = {one.area_id for row in rows for one in row.places}
    return render_template(
        f"{FOLDER}/questions.html", rows=rows, states=ASKING_STATES, page=PAGE, only=only,
        today=city_day(now(), instance().city.zone), areas=areas_by_ids(reading(), areas),
        following=rows[-1].asking.number if len(found) > PAGE else None,
    )  # fmt: skip


@bp.route("/desk/questions/<number>/places/<code>", methods=["GET", "POST"])
@requires(MANAGE)
def desk_question(number: str, code: str) -> ResponseReturnValue:
    """Answer as a community."""
    row, area, form = any_asking(reading(), number), area_here(code), PlaceAnswerForm()
    mine = {one.area_id: one for one in places_of(reading(), row.id)}.get(area.id)
    if mine is None or not current_actor().may(MANAGE, place_path=area.path):
        raise Missing
    act = partial(_answer, row.number, area.code, form)
    words = asking_words([row])
    return answer(
        form, f"{FOLDER}/answer.html", act, thanks=ANSWERED, row=row, area=area, mine=mine,
        phase=words["phases"][row.id], states=ASKING_STATES,
    )  # fmt: skip


def _answer(number: str, code: str, form: PlaceAnswerForm, session: Session) -> str:
    words = form.words.data or ""
    answer_for_place(session, current_actor(), number, code, words, now=now())
    return url_for("conventions.desk_questions")
