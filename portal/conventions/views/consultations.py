"""Questions for everybody: read, answered in time, taken back; and the reply to each group."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public, signed_in
from portal.areas.queries import areas_by_ids
from portal.conventions.forms.consultations import OpinionForm
from portal.conventions.forms.texts import SureForm
from portal.conventions.labels.consultations import ASKING_KINDS, ASKING_STATES
from portal.conventions.labels.personal import SAID_STATES
from portal.conventions.labels.talk import ANSWERS
from portal.conventions.queries.consultations import (
    PAGE,
    AskingRow,
    asked_publicly,
    groups_of,
    opinions_by,
    opinions_of,
    places_of,
)
from portal.conventions.rules.consultations import (
    ConsultationKind,
    ConsultationState,
    why_not_say,
)
from portal.conventions.rules.talk import SaidState
from portal.conventions.service.consultations import any_asking
from portal.conventions.service.opinions import (
    published_reply,
    say_opinion,
    take_opinion_back,
)
from portal.conventions.views.blueprint import bp
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.organisations.queries import organisations_by_ids

FOLDER = "conventions/asking"
SAID = _l("Thank you. Whoever asks looks at it, then everybody can read it, without your name.")
BACK = _l("Taken back. Your words are deleted.")


def asking_words(rows: list[AskingRow]) -> dict[str, Any]:
    """What pages need to say about questions: places, units, and where each stands today."""
    today = city_day(now(), instance().city.zone)
    units = organisations_by_ids(
        reading(), {row.organisation_id for row in rows if row.organisation_id}
    )
    return {
        "areas": areas_by_ids(reading(), {row.area_id for row in rows}), "units": units,
        "phases": {row.id: row.phase(today) for row in rows}, "kinds": ASKING_KINDS,
        "states": ASKING_STATES,
    }  # fmt: skip


def after_key() -> UUID | None:
    """The opinion after which a page begins."""
    try:
        return UUID(request.args.get("after", "")[:36])
    except ValueError:
        return None


@bp.get("/consultations/")
@public
def consultations() -> ResponseReturnValue:
    """What people and communities are asked, the newest first."""
    after = clean_number(request.args.get("after", "")[:20]) or ""
    found = asked_publicly(reading(), after)
    rows = found[:PAGE]
    return render_template(
        f"{FOLDER}/list.html", rows=rows, **asking_words(rows),
        following=rows[-1].number if len(found) > PAGE else None,
    )  # fmt: skip


@bp.get("/consultations/<number>")
@public
def consultation(number: str) -> ResponseReturnValue:
    """A question with what was said, and the reply to each group of opinions."""
    row = any_asking(reading(), number)
    found = opinions_of(reading(), row.id, shown=True, after=after_key())
    opinions, replied = found[:PAGE], row.state is ConsultationState.ANSWERED
    places = places_of(reading(), row.id)
    words = asking_words([row])
    words["areas"] |= areas_by_ids(reading(), {one.area_id for one in places})
    return render_template(
        f"{FOLDER}/one.html", row=row, phase=words["phases"][row.id], opinions=opinions,
        places=places, groups=groups_of(reading(), row.id) if replied else [], answers=ANSWERS,
        decision=row.kind is ConsultationKind.DECISION,
        following=opinions[-1].id if len(found) > PAGE else None, **words,
    )  # fmt: skip


@bp.get("/consultations/<number>/reply.json")
@public
def consultation_reply(number: str) -> ResponseReturnValue:
    """The reply as it is hashed: whoever has it can compute the hash again."""
    return Response(published_reply(reading(), number), mimetype="application/json")


@bp.route("/consultations/<number>/opinion", methods=["GET", "POST"])
@signed_in
def opinion(number: str) -> ResponseReturnValue:
    """Say what one thinks of a question."""
    row, form = any_asking(reading(), number), OpinionForm()
    if row.kind is not ConsultationKind.DECISION:
        raise Missing

    def act(session: Session) -> str:
        say_opinion(session, current_actor(), row.number, form.words.data or "", now=now())
        return url_for("conventions.consultation", number=row.number)

    phase = row.phase(city_day(now(), instance().city.zone))
    shut = why_not_say(phase) is not None
    return answer(form, f"{FOLDER}/say.html", act, thanks=SAID, row=row, phase=phase, shut=shut)


@bp.get("/me/opinions/")
@signed_in
def my_opinions() -> ResponseReturnValue:
    """My opinions, what became of them, and how to take them back."""
    return render_template(f"{FOLDER}/mine.html", form=SureForm(), **_mine())


def _mine() -> dict[str, Any]:
    rows = opinions_by(reading(), current_actor().person_id)
    return {"rows": rows, "states": SAID_STATES, "gone": SaidState.TAKEN_BACK}


@bp.post("/me/opinions/<uuid:opinion>/back")
@signed_in
def my_opinion_back(opinion: UUID) -> ResponseReturnValue:
    """Take one back."""
    act = partial(_back, opinion)
    return answer(SureForm(), f"{FOLDER}/mine.html", act, thanks=BACK, **_mine())


def _back(opinion_id: UUID, session: Session) -> str:
    take_opinion_back(session, current_actor(), opinion_id, now=now())
    return url_for("conventions.my_opinions")
