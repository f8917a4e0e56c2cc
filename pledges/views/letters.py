"""Letters as everybody may check them: the number and the hash that are printed on one."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from pledges.labels.personal import PLEDGE_STATES
from pledges.queries.letters import checked
from pledges.views.blueprint import bp
from portal.accounts.access import public
from portal.kernel.web import reading

MOST_TYPED = 200


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
    )  # fmt: skip
    return page, status
