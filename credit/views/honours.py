"""Role models in public, nominating one, and one's own honours."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from flask import Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from credit.forms.honours import AnswerForm, NominationForm
from credit.labels.honours import HONOUR_STATES, SAID, kind_words
from credit.queries.honours import PAGE, Asked, HonourRow, honours_of, public_honours, public_years
from credit.rules.honours import HonourKind
from credit.rules.kinds import Party
from credit.service.honours.answering import answer_honour, asked_by_link, own_honour
from credit.service.honours.found import kind_on, kinds_now
from credit.service.honours.nominating import nominate
from credit.views.blueprint import bp
from portal.accounts.access import current_actor, public, signed_in
from portal.areas.queries import areas_by_codes, find_areas
from portal.areas.rules import codes_of
from portal.kernel.clock import now
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.organisations.queries import organisations_by_ids

NOMINATED = _l(
    "Thank you. Staff of the place will look at it. The nominee is asked first; nothing is shown "
    "without her or his consent."
)
ANSWERED = _l("Done. You can change it at any time on your page.")


@bp.get("/credit/role-models")
@public
def role_models() -> ResponseReturnValue:
    """Who was commended and wants to be seen, the newest first; by place, year and kind."""
    place = request.args.get("place", "")[:80].strip()
    areas = find_areas(reading(), place, 1) if place else []
    asked = Asked(areas[0].path if areas else None, _year(), _kind(), request.args.get("before"))
    rows = public_honours(reading(), asked, now()) if areas or not place else []
    return render_template(
        "credit/honours/public.html", rows=rows[:PAGE], asked=asked, place=place,
        following=rows[PAGE - 1].number if len(rows) > PAGE else None, kind_words=kind_words,
        years=public_years(reading(), now()), kinds=kinds_now(reading(), now()), **named(rows),
    )  # fmt: skip


def _year() -> int | None:
    text = request.args.get("year", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else None


def _kind() -> str | None:
    return request.args.get("kind", "")[:40] or None


def named(rows: Iterable[HonourRow]) -> dict[str, Any]:
    """The names of places and shops of some rows, in one query each."""
    rows = list(rows)
    codes = {row.place_path: codes_of(row.place_path)[-1] for row in rows}
    areas = areas_by_codes(reading(), codes.values())
    shops = [row.holder_id for row in rows if row.party is Party.SHOP and row.holder_id]
    units = organisations_by_ids(reading(), shops)
    return {
        "places": {
            path: in_words(areas[code].names) for path, code in codes.items() if code in areas
        },
        "shops": {key: in_words(unit.names) for key, unit in units.items()},
    }


@bp.route("/credit/role-models/nominate", methods=["GET", "POST"])
@signed_in
def nominate_one() -> ResponseReturnValue:
    """Nominate somebody, in words: staff of the place find out who it is."""
    form, kinds = NominationForm(), kinds_now(reading(), now())
    form.offer(kinds)
    act = partial(_nominate, form)
    about = {"hints": hints_of(kinds)}
    return answer(form, "credit/honours/nominate.html", act, thanks=NOMINATED, **about)


def hints_of(kinds: Iterable[HonourKind]) -> dict[str, str]:
    """What each kind needs, beside its name in the form."""
    return {kind.code: in_words(kind.needs) for kind in kinds}


def _nominate(form: NominationForm, session: Session) -> str:
    nominate(session, current_actor(), form.told(), now=now())
    return url_for("credit.role_models")


@bp.get("/credit/honours")
@signed_in
def my_honours() -> ResponseReturnValue:
    """What I am asked about and was commended for."""
    rows = honours_of(reading(), current_actor().person_id)
    return render_template(
        "credit/honours/mine.html", rows=rows, states=HONOUR_STATES, said=SAID,
        kind_words=kind_words, **named(rows),
    )  # fmt: skip


@bp.route("/credit/honours/<number>", methods=["GET", "POST"])
@signed_in
def my_honour(number: str) -> ResponseReturnValue:
    """Accept, hide, show or decline; as often as I like."""
    row = own_honour(reading(), current_actor().person_id, number)
    form = AnswerForm(
        data={
            "wish": row.wish.value if row.wish else None,
            "name": row.name or current_actor().name,
        }
    )
    act = partial(_answer, form, row, url_for("credit.my_honours"))
    return answer(form, "credit/honours/answer.html", act, thanks=ANSWERED, **_about(row))


def _answer(form: AnswerForm, row: HonourRow, url: str, session: Session) -> str:
    answer_honour(session, row, form.answer(), now=now())
    return url


def _about(row: HonourRow) -> dict[str, Any]:
    kind = kind_on(reading(), row.kind, row.nominated_at)
    return {"row": row, "kind": kind, "states": HONOUR_STATES, "said": SAID, **named([row])}


@bp.route("/credit/honours/answer/<token>", methods=["GET", "POST"])
@public
def answer_by_link(token: str) -> ResponseReturnValue:
    """The same by the link of the message: it names nobody, and opens until it was answered."""
    row = asked_by_link(reading(), token)
    form = AnswerForm()
    act = partial(_answer, form, row, url_for("credit.answered"))
    page = answer(form, "credit/honours/answer.html", act, **_about(row))
    response: Response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/credit/honours/answered")
@public
def answered() -> ResponseReturnValue:
    """Said after an answer by link."""
    return render_template("credit/honours/answered.html")
