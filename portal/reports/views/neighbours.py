"""Neighbours: join a matter instead of filing it again, and say that it is still there."""

from typing import Any
from uuid import UUID

from flask import Response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import current_language
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.qr import qr_svg
from portal.kernel.uploads import KeptPhotos
from portal.kernel.web import Session, instance, reading
from portal.reports.forms.neighbours import JoinDraftForm, JoinForm, StillThereForm
from portal.reports.labels.case import STATE_KINDS
from portal.reports.labels.public import state_words
from portal.reports.queries.case import CaseReporterRow, CaseRow, case_by_number
from portal.reports.queries.neighbours import (
    joined_count,
    leads_to,
    matters_near,
    merge_of,
    places_of,
)
from portal.reports.queries.page import CasePage
from portal.reports.queries.public import kinds
from portal.reports.rules.codes import State
from portal.reports.rules.intake import Contact, Step
from portal.reports.rules.neighbours import why_not_join
from portal.reports.rules.publicity import STRICTEST, public_codes
from portal.reports.service.drafts import DraftRow
from portal.reports.service.joining import Joined, Joiner, join_case, join_from_draft
from portal.reports.service.voices import say_still_there, voices_needed, why_silent
from portal.reports.views.blueprint import bp
from portal.reports.views.draft_session import current_draft, in_draft, in_flow, turn_into_receipt
from portal.reports.views.reporter_session import (
    by_receipt,
    case_or_missing,
    own_case,
    remember_reporter,
    reporter_for,
)

TICKET_SECONDS = 1800
KEPT = _l("You follow this matter now. It stands with your reports on your own page.")
SAID = _l("Thank you. Your word is counted.")


@bp.route("/reports/<number>/too", methods=["GET", "POST"])
@public
def too(number: str) -> ResponseReturnValue:
    """我也遇到: follow a matter that others have reported."""
    case, form = _public_case(number), JoinForm()
    signed_in = current_actor().signed_in
    contact = Contact.ACCOUNT if signed_in else Contact.NONE

    def act(writer: Session) -> str:
        joined = join_case(writer, case, _joiner(case, contact), now=now())
        return _page_of(case) if signed_in else _receipt(joined)

    thanks = KEPT if signed_in else None
    return answer(form, "reports/public/too.html", act, thanks=thanks, **_about(case))


def _public_case(number: str) -> CaseRow:
    """A matter that anybody may see; what is about a person or a shop cannot be joined."""
    case = case_or_missing(number)
    if not case.listed:
        raise Missing
    return case


def _joiner(case: CaseRow, contact: Contact, phone: str = "") -> Joiner:
    return Joiner(
        actor=current_actor(),
        browser=session.get("browser", ""),
        address=request.remote_addr or "",
        language=current_language(),
        contact=contact,
        phone=phone,
        known=reporter_for(case),
    )


def _about(case: CaseRow) -> dict[str, Any]:
    """What the pages say of the matter: public things only."""
    kind = kinds(reading()).get(case.category_code)
    codes = public_codes(case.place_path, kind.publicity if kind else STRICTEST)
    return {
        "case": case,
        "kind": kind,
        "signed_in": current_actor().signed_in,
        "state_words": state_words(case.state),
        "state_kind": STATE_KINDS[case.state],
        "codes": [code for code in codes if code.isdecimal()],
        "places": places_of(reading(), codes),
    }


def _page_of(case: CaseRow) -> str:
    return url_for("reports.show", number=case.number)


def _receipt(joined: Joined) -> str:
    """The address of a receipt that only this browser can open, for a while."""
    until = int(now().timestamp()) + TICKET_SECONDS
    parts = (session["browser"], joined.number, joined.lookup_code, joined.token)
    text = "\n".join([*parts, joined.reporter.id.hex, str(until)])
    return url_for("reports.joined", ticket=instance().vault.seal(text))


@bp.get("/reports/joined/<ticket>")
@public
def joined(ticket: str) -> ResponseReturnValue:
    """The receipt of somebody without an account."""
    try:
        browser, number, code, token, reporter_id, until = (
            instance().vault.unseal(ticket).split("\n")
        )
    except ValueError:
        raise Missing from None
    # the next at a shared computer finds it in the history
    if browser != session.get("browser") or now().timestamp() > int(until):
        raise Missing
    remember_reporter(number, UUID(reporter_id))
    return joined_page(case_or_missing(number), code, token, TICKET_SECONDS // 60)


def joined_page(case: CaseRow, code: str, token: str, minutes: int) -> Response:
    """The receipt of somebody who joined: number, look-up code, and a code to scan."""
    qr = qr_svg(f"{instance().config.origin}/r/{token}")
    page = render_template("reports/new/joined.html", case=case, code=code, qr=qr, minutes=minutes)
    return Response(page, headers={"Cache-Control": "no-store"})


def near_parts(draft: DraftRow) -> dict[str, Any]:
    """For the check page: matters that may be the same, with one form for all their buttons."""
    found = matters_near(reading(), draft.answers, now())
    form = JoinDraftForm(formdata=None, data={"add": True}) if found else None
    if form is not None:
        form.look_at(draft.version)
    return {
        "near": found,
        "near_form": form,
        "near_places": places_of(reading(), (code for one in found for code in one.case.codes)),
    }


@bp.route("/reports/new/join", methods=["GET", "POST"])
@public
@in_draft
def join_draft() -> ResponseReturnValue:
    """Follow instead of filing, from the report that is being written."""
    draft, form = current_draft(), _draft_form()
    form.look_at(draft.version)
    case = _public_case(form.number.data or "")
    context = {**in_flow(Step.CHECK, draft), **_about(case)}
    act = _joining(draft, form, case)
    response = answer(form, "reports/new/join.html", act, **context)
    if not isinstance(response, tuple):
        turn_into_receipt()
    return response


def _draft_form() -> JoinDraftForm:
    """As posted, or for the matter in the address."""
    return JoinDraftForm(data={"number": request.args.get("number", "")[:40], "add": True})


def _joining(draft: DraftRow, form: JoinDraftForm, case: CaseRow) -> Any:
    given = draft.answers

    def act(writer: Session) -> str:
        joiner = _joiner(case, given.contact or Contact.NONE, given.phone)
        join_from_draft(writer, draft, form.seen, case, joiner, add=bool(form.add.data), now=now())
        return url_for("reports.done")

    return act


@bp.route("/reports/<number>/still-there", methods=["GET", "POST"])
@public
def still_there(number: str) -> ResponseReturnValue:
    """A neighbour who joined says that a closed matter is not solved."""
    case, reporter = own_case(number)
    form = StillThereForm()

    def act(writer: Session) -> str:
        photos = form.photos.data
        kept = photos if isinstance(photos, KeptPhotos) else None
        say_still_there(writer, case, reporter, photos=kept, now=now())
        return _page_of(case)

    needed = voices_needed(reading())
    return answer(
        form, "reports/public/still_there.html", act, thanks=SAID, needed=needed, **_about(case)
    )


def can_say(case: CaseRow, reporter: CaseReporterRow) -> bool:
    """Whether a neighbour's page offers to say that it is still there."""
    return why_silent(reading(), case, reporter, now()) is None


def around(page: CasePage, reporter: CaseReporterRow | None) -> dict[str, Any]:
    """What a case's page tells of neighbours: how many, never who; and whether to offer more."""
    case, hidden = page.case, page.publicity.protected
    why = why_not_join(case.state, case.closed_at, now(), protected=hidden)
    return {
        "joined_count": 0 if hidden else joined_count(reading(), case),
        "may_join": case.listed and reporter is None and why is None,
        "reporter": reporter is not None,
        "part_number": _part_named(case, reporter),
    }


def _part_named(case: CaseRow, reporter: CaseReporterRow | None) -> str | None:
    """The number of a report that led here, if it is part of this case and was no secret."""
    number = clean_number(request.args.get("joined", "")[:40])
    part = case_by_number(reading(), number) if number else None
    if part is None or part.state is not State.MERGED:
        return None
    merge = merge_of(reading(), part)
    if reporter is None and (merge is None or not merge.was_listed):
        return None
    return part.number if leads_to(reading(), part).id == case.id else None


def led_on(case: CaseRow) -> ResponseReturnValue:
    """From a case that became part of another one to where it goes on."""
    into, merge = leads_to(reading(), case), merge_of(reading(), case)
    reporter = reporter_for(into, receipt=case.number)
    public_both = merge is not None and merge.was_listed and into.listed
    if merge is None or (reporter is None and not public_both):
        raise Missing
    if reporter is not None and by_receipt(case.number):
        remember_reporter(into.number, reporter.id)
    return redirect(url_for("reports.show", number=into.number, joined=case.number))
