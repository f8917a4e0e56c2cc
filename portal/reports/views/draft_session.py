"""Which draft a browser is writing: a token in a cookie of its own, which outlives sign-in."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from flask import Response, after_this_request, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor
from portal.kernel.clock import now
from portal.kernel.i18n import current_language
from portal.kernel.ids import hash_token, new_token
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.reports.forms.intake import AnswerForm
from portal.reports.labels.intake import STEPS
from portal.reports.rules.intake import DRAFT_LIFETIME, RECEIPT_LIFETIME, Step, next_step
from portal.reports.service.drafts import DraftRow, find_draft, save_draft

DRAFT_COOKIE, RECEIPT_COOKIE = "draft", "receipt"
COOKIE_PATH = "/reports/new"
MOST_DIGITS = 5
PAGES = {
    Step.PHOTO: "reports.new_report",
    Step.PLACE: "reports.place",
    Step.WHAT: "reports.what",
    Step.DETAILS: "reports.details",
    Step.CONTACT: "reports.contact",
    Step.CHECK: "reports.check",
}
Changes = Callable[[Session], Mapping[str, Any]]


def page_of(step: Step) -> str:
    """The address of a step."""
    return url_for(PAGES[step])


def current_draft(*, anew: bool = False) -> DraftRow:
    """The draft of this browser or person; a blank one (with a new cookie) when there is none.

    ``anew``: what was sent already is left alone, and a new report begins.
    """
    if "draft" not in g:
        token = request.cookies.get(DRAFT_COOKIE)
        row = find_draft(reading(), token, current_actor().person_id, now())
        if row is None or (anew and row.submitted_number):
            fresh = new_token()
            keep_cookie(DRAFT_COOKIE, fresh, int(DRAFT_LIFETIME.total_seconds()))
            row = DraftRow(hash_token(fresh))
        g.draft = row
    draft: DraftRow = g.draft
    return draft


def keep_cookie(name: str, token: str, seconds: int) -> None:
    """Give the browser a token that only the pages of the report form can see."""

    @after_this_request
    def set_cookie(response: Response) -> Response:
        response.set_cookie(
            name, token, max_age=seconds, path=COOKIE_PATH, httponly=True, samesite="Lax",
            secure=instance().config.secure,
        )  # fmt: skip
        return response


def turn_into_receipt() -> None:
    """The draft was sent: its cookie opens the receipt now, and the next report begins blank."""
    token = request.cookies.get(DRAFT_COOKIE)
    if token:
        keep_cookie(RECEIPT_COOKIE, token, int(RECEIPT_LIFETIME.total_seconds()))
        keep_cookie(DRAFT_COOKIE, "", 0)


def in_draft(view: Callable[[], ResponseReturnValue]) -> Callable[[], ResponseReturnValue]:
    """A later page of the flow: without a draft to go on with, it leads to the first.

    A POST is let through: what was typed on a page whose draft is gone begins a new one.
    """

    @wraps(view)
    def guarded() -> ResponseReturnValue:
        draft = current_draft()
        if request.method == "GET" and (draft.version == 0 or draft.submitted_number):
            return redirect(page_of(Step.PHOTO), 303)
        return view()

    return guarded


def ask(
    step: Step,
    form: AnswerForm,
    template: str,
    changes: Changes,
    *,
    go_on: Callable[[Session, Step, Any], str] | None = None,
    **context: Any,
) -> ResponseReturnValue:
    """One page of the flow: its answers go into the draft, and the next page follows."""
    draft = current_draft()
    form.look_at(draft.version)

    def act(session: Session) -> str:
        given = {**changes(session), "language": current_language()}
        answers = save_draft(
            session, draft, form.seen, given, person_id=current_actor().person_id, now=now()
        )
        following = next_step(answers, step)
        return go_on(session, following, answers) if go_on else page_of(following)

    return make_response(answer(form, template, act, **in_flow(step, draft), **context))


def in_flow(step: Step, draft: DraftRow) -> dict[str, Any]:
    """What every page of the flow shows: where one is, and the way back."""
    steps = list(Step)
    at = steps.index(step)
    return {
        "draft": draft,
        "answers": draft.answers,
        "step_number": at + 1,
        "step_count": len(steps),
        "step_name": STEPS[step],
        "back_url": page_of(steps[at - 1]) if at else None,
    }


def page_asked(pages: list[list[Any]]) -> tuple[int, list[list[Any]]]:
    """Which of some short pages of choices is asked for; the first when there is no such page."""
    asked = request.args.get("page", "")
    at = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < MOST_DIGITS else 0
    return (at if at < len(pages) else 0), pages
