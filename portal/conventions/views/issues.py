"""The co-governance board (R114): issues of a community, proposals, decision and result."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public, requires, signed_in
from portal.areas.queries import areas_by_ids
from portal.conventions.forms.issues import IssueForm, ProposeForm, ShowForm, StepForm
from portal.conventions.forms.texts import SureForm
from portal.conventions.labels.community import ISSUES
from portal.conventions.queries.issues import (
    PAGE,
    IssueRow,
    issues_by,
    issues_of,
    proposals_by,
    proposals_of,
    support_of,
    supported_by,
)
from portal.conventions.rules.community import IssueState, IssueStep, step_of, steps_from
from portal.conventions.service.issues import (
    issue_here,
    issue_shown,
    look_at_proposal,
    proposal_at,
    propose,
    raise_issue,
    take_issue_back,
    take_issue_step,
    take_proposal_back,
    toggle_support,
    unit_of,
)
from portal.conventions.service.places import MANAGE, place_here
from portal.conventions.views.blueprint import bp
from portal.conventions.views.communities import place
from portal.conventions.views.community_desk import place_code
from portal.kernel.clock import now
from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.organisations.queries import organisations_by_ids

FOLDER: Final = "conventions/issues"
SAVED: Final = _l("Saved.")
BACK: Final = _l("Taken back. Your words are deleted.")
SENT: Final = _l("Thank you. The committee looks at it, then everybody can read it.")


@bp.app_template_filter("issue_title")
def issue_title(row: Any) -> str:
    """The title, or what stands for it when whoever raised the issue took her words back."""
    return row.title or _("An issue whose words were deleted")


def _page(code: str, *, shown: bool) -> dict[str, Any]:
    """A page of the issues of a place."""
    area = place(code)
    after = clean_number(request.args.get("after", "")[:20]) or ""
    found = issues_of(reading(), area.id, public=shown, after=after)
    rows = found[:PAGE]
    return {
        "area": area, "rows": rows, "states": ISSUES,
        "support": support_of(reading(), {row.id for row in rows}),
        "following": rows[-1].number if len(found) > PAGE else None,
    }  # fmt: skip


@bp.get("/communities/<code>/issues/")
@public
def issues(code: str) -> ResponseReturnValue:
    """The board of a community."""
    told = _page(code, shown=True)
    manages = current_actor().may(MANAGE, place_path=told["area"].path)
    return render_template(f"{FOLDER}/list.html", manages=manages, **told)


@bp.route("/communities/<code>/issues/new", methods=["GET", "POST"])
@signed_in
def issue_new(code: str) -> ResponseReturnValue:
    """Raise an issue."""
    area, form = place(code), IssueForm()

    def act(session: Session) -> str:
        raise_issue(
            session, current_actor(), area.code, form.title.data or "", form.words.data or "",
            for_unit=bool(form.for_unit.data), now=now(),
        )  # fmt: skip
        return url_for("conventions.my_issues")

    unit = unit_of(reading(), current_actor(), now=now())
    return answer(form, f"{FOLDER}/new.html", act, thanks=SENT, area=area, unit=unit)


def _told(row: IssueRow) -> dict[str, Any]:
    """What a page of an issue shows: five queries, however many proposals."""
    proposals = proposals_of(reading(), row.id)
    writers = [row.organisation_id, *(one.organisation_id for one in proposals)]
    units = {unit for unit in writers if unit}
    return {
        "row": row, "proposals": proposals, "states": ISSUES, "open": IssueState.OPEN,
        "area": areas_by_ids(reading(), [row.area_id])[row.area_id],
        "support": support_of(reading(), [row.id]),
        "units": organisations_by_ids(reading(), units),
        "discussed": step_of(row.state, IssueStep.DECIDE) is not None,
    }  # fmt: skip


@bp.get("/issues/<number>")
@public
def issue(number: str) -> ResponseReturnValue:
    """An issue with its proposals, how many support each, decision and result."""
    row, actor = issue_shown(reading(), number), current_actor()
    mine = supported_by(reading(), row.id, actor.person_id) if actor.signed_in else set()
    manages = actor.may(MANAGE, place_path=row.place_path)
    return render_template(
        f"{FOLDER}/one.html", form=SureForm(), mine=mine, manages=manages, **_told(row)
    )  # fmt: skip


@bp.route("/issues/<number>/propose", methods=["GET", "POST"])
@signed_in
def issue_propose(number: str) -> ResponseReturnValue:
    """Propose what to do."""
    row, form = issue_shown(reading(), number), ProposeForm()

    def act(session: Session) -> str:
        words, unit = form.words.data or "", bool(form.for_unit.data)
        propose(session, current_actor(), row.number, words, for_unit=unit, now=now())
        return url_for("conventions.issue", number=row.number)

    unit = unit_of(reading(), current_actor(), now=now())
    return answer(form, f"{FOLDER}/propose.html", act, thanks=SENT, row=row, unit=unit)


@bp.post("/issues/<number>/support/<int:at>")
@signed_in
def issue_support(number: str, at: int) -> ResponseReturnValue:
    """Support an issue (0) or a proposal, or no longer."""
    row, form = issue_shown(reading(), number), SureForm()
    told = _told(row)

    def act(session: Session) -> str:
        toggle_support(session, current_actor(), row.number, at)
        return url_for("conventions.issue", number=row.number)

    return answer(form, f"{FOLDER}/one.html", act, thanks=SAVED, mine=set(), manages=False, **told)


@bp.get("/me/issues/")
@signed_in
def my_issues() -> ResponseReturnValue:
    """What I raised and proposed, and where it stands."""
    return render_template(f"{FOLDER}/mine.html", form=SureForm(), **_mine())


def _mine() -> dict[str, Any]:
    me = current_actor().person_id
    return {
        "rows": issues_by(reading(), me), "proposals": proposals_by(reading(), me),
        "states": ISSUES, "taken_back": IssueState.TAKEN_BACK,
    }  # fmt: skip


@bp.post("/me/issues/<number>/back")
@signed_in
def my_issue_back(number: str) -> ResponseReturnValue:
    """Take back what I raised."""

    def act(session: Session) -> str:
        take_issue_back(session, current_actor(), number, now=now())
        return url_for("conventions.my_issues")

    return answer(SureForm(), f"{FOLDER}/mine.html", act, thanks=BACK, **_mine())


@bp.post("/me/proposals/<uuid:proposal>/back")
@signed_in
def my_proposal_back(proposal: UUID) -> ResponseReturnValue:
    """Take back what I proposed."""

    def act(session: Session) -> str:
        take_proposal_back(session, current_actor(), proposal)
        return url_for("conventions.my_issues")

    return answer(SureForm(), f"{FOLDER}/mine.html", act, thanks=BACK, **_mine())


@bp.get("/desk/communities/<code>/issues")
@requires(MANAGE)
def desk_issues(code: str) -> ResponseReturnValue:
    """Every issue of a community, those that wait too."""
    area = place_here(reading(), current_actor(), code)
    return render_template(f"{FOLDER}/desk/list.html", **_page(area.code, shown=False))


@bp.route("/desk/issues/<number>", methods=["GET", "POST"])
@requires(MANAGE)
def desk_issue(number: str) -> ResponseReturnValue:
    """Show, refuse, decide, or say what came of it."""
    row, form = issue_here(reading(), current_actor(), number), StepForm()
    form.offer(steps_from(row.state))
    act = partial(_step, row.number, place_code(row), form)
    return answer(form, f"{FOLDER}/desk/one.html", act, thanks=SAVED, **_told(row))


def _step(number: str, code: str, form: StepForm, session: Session) -> str:
    words = form.words.data or ""
    take_issue_step(session, current_actor(), number, form.chosen(), words, now=now())
    return url_for("conventions.desk_issues", code=code)


@bp.route("/desk/issues/<number>/proposals/<int:at>", methods=["GET", "POST"])
@requires(MANAGE)
def desk_proposal(number: str, at: int) -> ResponseReturnValue:
    """Let everybody read a proposal, or not."""
    row, form = issue_here(reading(), current_actor(), number), ShowForm()
    one = proposal_at(reading(), row, at)

    def act(session: Session) -> str:
        look_at_proposal(
            session, current_actor(), row.number, at, show=form.show.data == "yes",
            reason=form.reason.data or "",
        )  # fmt: skip
        return url_for("conventions.desk_issue", number=row.number)

    return answer(form, f"{FOLDER}/desk/proposal.html", act, thanks=SAVED, row=row, one=one)
