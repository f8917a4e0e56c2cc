"""The steps of the desk, each on a page of its own: what it means, a form, one service call."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue

from credit.forms.deductions import (
    ButtonForm,
    DecideForm,
    InterestForm,
    PaperObjectionForm,
    ReasonForm,
    RepairForm,
)
from credit.labels.process import DESK_STEPS, STEP_LEADS
from credit.queries.matter_desk import desk_matter
from credit.service import process
from credit.service.process.offers import DeskStep, offers
from credit.views.blueprint import bp
from credit.views.deductions import WORDS, opened
from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.forms import Form
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading

Act = Callable[[Session, UUID, Any], object]


@dataclass(frozen=True)
class _Page:
    """A step's form, what it does, and whether its button takes something away."""

    form: type[Form]
    act: Act
    warning: bool = False


def _given() -> dict[str, Any]:
    return {"actor": current_actor(), "now": now()}


def _confirm(session: Session, matter_id: UUID, form: Any) -> None:
    process.confirm(session, matter_id, no_interest=form.no_interest.data, **_given())


def _take_on(session: Session, matter_id: UUID, form: Any) -> None:
    process.take_on(session, matter_id, no_interest=form.no_interest.data, **_given())


def _decide(session: Session, matter_id: UUID, form: Any) -> None:
    process.decide(
        session, matter_id, granted=form.decision.data == "granted", reason=form.reason.data or "",
        no_interest=form.no_interest.data, **_given(),
    )  # fmt: skip


def _extend(session: Session, matter_id: UUID, form: Any) -> None:
    process.extend(session, matter_id, reason=form.reason.data or "", **_given())


def _repair(session: Session, matter_id: UUID, form: Any) -> None:
    process.repair(
        session, matter_id, amount=form.amount.data or 0, service=form.service.data or "",
        **_given(),
    )  # fmt: skip


def _object(session: Session, matter_id: UUID, form: Any) -> None:
    process.record_objection(
        session, matter_id, form.statement.data or "", form.files.data, **_given()
    )


def _stand_aside(session: Session, matter_id: UUID, _form: Any) -> None:
    process.stand_aside(session, matter_id, **_given())


def _put_right(session: Session, matter_id: UUID, _form: Any) -> None:
    process.put_right(session, matter_id, **_given())


def _withdraw(session: Session, matter_id: UUID, _form: Any) -> None:
    process.withdraw_proposal(session, matter_id, **_given())


PAGES: dict[DeskStep, _Page] = {
    DeskStep.CONFIRM: _Page(InterestForm, _confirm),
    DeskStep.TAKE_ON: _Page(InterestForm, _take_on),
    DeskStep.DECIDE: _Page(DecideForm, _decide),
    DeskStep.EXTEND: _Page(ReasonForm, _extend),
    DeskStep.STAND_ASIDE: _Page(ButtonForm, _stand_aside, warning=True),
    DeskStep.PUT_RIGHT: _Page(ButtonForm, _put_right),
    DeskStep.REPAIR: _Page(RepairForm, _repair),
    DeskStep.OBJECTION: _Page(PaperObjectionForm, _object),
    DeskStep.WITHDRAW: _Page(ButtonForm, _withdraw, warning=True),
}


_STEPS = ",".join(f"'{step.value}'" for step in DeskStep)


@bp.route(f"/desk/deductions/<number>/<any({_STEPS}):step>", methods=["GET", "POST"])
@requires(Permission.DESK_OPEN)
def deduction_step(number: str, step: str) -> ResponseReturnValue:
    """One step of a matter, before it is taken."""
    detail, chosen = opened(number), DeskStep(step)
    page = PAGES[chosen]
    form = page.form()
    if not form.is_submitted() and not _offered(detail.row, chosen):
        raise Missing
    return answer(
        form, "credit/deductions/step.html", partial(_take, page, detail.row.id, number, form),
        thanks=_l("Done."), detail=detail, step=chosen, title=DESK_STEPS[chosen],
        lead=STEP_LEADS[chosen], warning=page.warning, upload="files" in form, **WORDS,
    )  # fmt: skip


def _offered(row: Any, step: DeskStep) -> bool:
    return any(
        offer.step is step and offer.refusal is None
        for offer in offers(reading(), row, current_actor(), now())
    )


def _take(page: _Page, matter_id: UUID, number: str, form: Any, session: Session) -> str:
    page.act(session, matter_id, form)
    # a matter that was passed on is no longer hers to open
    if desk_matter(session, current_actor(), number, now()) is None:
        return url_for("credit.desk_deductions")
    return url_for("credit.desk_deduction", number=number)
