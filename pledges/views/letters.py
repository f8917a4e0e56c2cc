"""Letters as everybody may check them, and the photo of one on paper at the desk."""

from functools import partial

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from pledges.forms.breaches import SureForm
from pledges.labels.personal import PLEDGE_STATES
from pledges.queries.letters import checked
from pledges.service.letters import erase_paper, paper_here
from pledges.service.premises import MANAGE
from pledges.views.blueprint import bp
from portal.accounts.access import current_actor, public, requires
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading

MOST_TYPED = 200
ERASED = _l("Erased. The letter itself stands as it was signed.")


@bp.get("/pledges/check")
@public
def check_letter() -> ResponseReturnValue:
    """Whether a letter is genuine, and whether it is in force; never who signed it."""
    number = request.args.get("number", "")[:MOST_TYPED]
    digest = request.args.get("hash", "")[:MOST_TYPED]
    row = checked(reading(), number, digest)
    status = 200 if row is not None or not (number or digest) else 404
    page = render_template(
        "pledges/letters/check.html", row=row, asked=bool(number or digest), number=number,
        digest=digest, states=PLEDGE_STATES,
        keeps=row is not None and current_actor().may(MANAGE, place_path=row.place_path),
    )  # fmt: skip
    return page, status


@bp.route("/desk/pledges/papers/<number>", methods=["GET", "POST"])
@requires(MANAGE)
def desk_paper(number: str) -> ResponseReturnValue:
    """The photo of a sheet that was signed on paper; whoever signed it may have it erased."""
    row, kept = paper_here(reading(), current_actor(), number)
    act = partial(_erase, row.number)
    return answer(SureForm(), "pledges/letters/paper.html", act, thanks=ERASED, row=row, kept=kept)


def _erase(number: str, session: Session) -> str:
    erase_paper(session, current_actor(), number, now=now())
    return url_for("pledges.desk_paper", number=number)
