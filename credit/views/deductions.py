"""Deductions at the desk: the list, a proposal, one matter, its photos and its letter."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from credit.forms.deductions import ProposeForm
from credit.labels.log import whole_day
from credit.labels.process import DECISIONS, MATTER_EVENTS, MATTER_KINDS, MATTER_STATES
from credit.queries.matter_desk import (
    DeskDetail,
    deduction_rules,
    desk_detail,
    desk_matter,
    desk_matters,
    without_day,
)
from credit.queries.matters import MatterRow, bases, file_by_code, matter_by_id
from credit.queries.process import matters_in_words
from credit.rules.ladder import ladder, step_of
from credit.service.looks import note_look
from credit.service.process import GATES, ProposalWish, propose
from credit.service.process.offers import offers
from credit.service.process.settings import settings_of
from credit.service.process.standing import acting_for
from credit.views.blueprint import bp
from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.areas.queries import areas_by_codes
from portal.areas.rules import codes_of
from portal.kernel.clock import local, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.qr import qr_svg
from portal.kernel.web import Session, instance, reading, write_on_get
from portal.kernel.words import say
from portal.organisations.queries import organisations_by_ids

WORDS: dict[str, Any] = {
    "states": MATTER_STATES, "kinds": MATTER_KINDS, "events": MATTER_EVENTS,
    "say": say, "decisions": DECISIONS, "step_of": step_of,
}  # fmt: skip
_VERBS = (
    Permission.DEDUCTION_PROPOSE, Permission.DEDUCTION_CONFIRM, Permission.DEDUCTION_REVIEW,
    Permission.DEDUCTION_SWITCH,
)  # fmt: skip


def district() -> str:
    """The district of this installation."""
    return instance().city.roots[0]


@bp.app_template_global("deduction_links")
def deduction_links() -> list[tuple[Any, str]]:
    """The pages about deductions that this person may open."""
    actor = current_actor()
    rows = (
        (_VERBS[:3], _l("Deductions"), "credit.desk_deductions"),
        (_VERBS[:1], _l("Propose a deduction"), "credit.propose_deduction"),
        (_VERBS, _l("What deductions rest on"), "credit.deduction_bases"),
    )
    return [(words, url_for(page)) for verbs, words, page in rows if any(map(actor.may, verbs))]


@bp.get("/desk/deductions/")
@requires(Permission.DESK_OPEN)
def desk_deductions() -> ResponseReturnValue:
    """What is mine to do or to know, with the deadline of each."""
    moment, ended, after = now(), "ended" in request.args, request.args.get("after")
    page = desk_matters(reading(), current_actor(), ended=ended, after=after, now=moment)
    return render_template(
        "credit/deductions/list.html",
        page=page,
        ended=ended,
        after=after,
        on=GATES.deductions_on(reading(), district(), moment),
        dayless=without_day(reading(), moment),
        **WORDS,
    )


@bp.route("/desk/deductions/new", methods=["GET", "POST"])
@requires(Permission.DEDUCTION_PROPOSE)
def propose_deduction() -> ResponseReturnValue:
    """Propose a deduction: one person or shop, one act."""
    form, moment = ProposeForm(), now()
    offered = deduction_rules(reading(), district(), current_actor(), moment)
    rules = [(rule.code, f"{rule.title} · {rule.points}") for rule in offered]
    holding = [(b.number, b.title) for b in bases(reading(), district()) if b.revoked_at is None]
    form.offer(_units(), rules, holding)
    if not form.is_submitted():
        form.source.data = request.args.get("source", "")
    return answer(
        form, "credit/deductions/new.html", partial(_propose, form), thanks=_l("Proposed."),
        on=GATES.deductions_on(reading(), district(), moment), ready=bool(rules and holding),
        days=settings_of(reading()).lapse_working_days,
    )  # fmt: skip


def _units() -> list[tuple[str, str]]:
    """The units and places for which this person proposes, in words."""
    found = acting_for(reading(), current_actor(), now=now())
    units = organisations_by_ids(reading(), [one.unit_id for one in found if one.unit_id])
    codes = [codes_of(one.place)[-1] for one in found if one.place]
    names = {str(unit_id): unit.names for unit_id, unit in units.items()}
    names |= {area.path: area.names for area in areas_by_codes(reading(), codes).values()}
    return [(one.key, in_words(names.get(one.key, {})) or one.key) for one in found]


def _propose(form: ProposeForm, session: Session) -> str:
    wish = ProposalWish(
        subject=form.subject.data or "", rule_code=form.rule_code.data or "",
        basis=form.basis.data or "", act=form.act.data or "", place=form.place.data or "",
        happened_at=form.happened_at(instance().city.zone), source=form.source.data or "",
        acting_for=form.acting_for.data or "", overrule=form.overrule.data, files=form.files.data,
    )  # fmt: skip
    number = propose(session, district(), wish, actor=current_actor(), now=now())
    return url_for("credit.desk_deduction", number=number)


@bp.get("/desk/deductions/<number>")
@requires(Permission.DESK_OPEN)
def desk_deduction(number: str) -> ResponseReturnValue:
    """One matter: what was done, where it stands, and what I can do now."""
    detail = opened(number)
    _note_look(detail.row)
    return render_template(
        "credit/deductions/matter.html",
        detail=detail,
        offers=offers(reading(), detail.row, current_actor(), now()),
        **WORDS,
    )


def opened(number: str) -> DeskDetail:
    """A matter that is mine to open, with all beside it."""
    moment = now()
    row = desk_matter(reading(), current_actor(), number, moment)
    if row is None:
        raise Missing
    return desk_detail(reading(), row, current_actor(), moment)


def _note_look(row: MatterRow) -> None:
    """The person concerned sees who looked (L15)."""
    looker, person = current_actor().person_id, row.subject_person_id
    if looker is not None and person is not None:
        write_on_get(partial(_write_look, looker, person, row.number))


def _write_look(looker: UUID, person: UUID, number: str, session: Session) -> None:
    note_look(session, actor_id=looker, subject_person_id=person, why=number, now=now())


@bp.get("/desk/deductions/<number>/letter")
@requires(Permission.DESK_OPEN)
def deduction_letter(number: str) -> ResponseReturnValue:
    """The notice as a letter on paper, with how to object on paper."""
    detail = opened(number)
    found = matters_in_words(reading(), [detail.row], now())
    if not found:
        raise Missing
    _note_look(detail.row)
    address = instance().config.origin + "/credit/"
    return render_template(
        "credit/deductions/letter.html", matter=found[0], subject=detail.subject,
        until=_dated(found[0].object_until), happened=_dated(found[0].happened_at),
        address=address, qr=qr_svg(address), ladder=ladder(), **WORDS,
    )  # fmt: skip


def _dated(moment: datetime) -> str:
    """A moment with its year: paper is read later."""
    zone = instance().city.zone
    return f"{whole_day(moment, zone)} {local(moment, zone):%H:%M}"


@bp.get("/desk/deductions/photo/<code>")
@requires(Permission.DESK_OPEN)
def deduction_photo(code: str) -> ResponseReturnValue:
    """A photo of a matter, for whoever may open the matter."""
    file = file_by_code(reading(), code)
    row = matter_by_id(reading(), file.matter_id) if file else None
    if file is None or row is None:
        raise Missing
    if desk_matter(reading(), current_actor(), row.number, now()) is None:
        raise Missing
    key = file.thumbnail_key if "small" in request.args else file.blob_key
    response = Response(instance().blobs.open(key), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, no-store"
    return response
