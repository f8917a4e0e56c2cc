"""The public board of listed supervision (挂牌督办): what is late, whose it is, until when."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.areas.queries import areas_by_codes
from portal.kernel.clock import now
from portal.kernel.ids import clean_number
from portal.kernel.web import reading
from portal.reports.labels.supervision import ENDINGS
from portal.reports.queries.supervision import public_board
from portal.reports.rules.supervision import SHOWN_DELISTED
from portal.reports.views.blueprint import bp


@bp.get("/reports/board")
@public
def board() -> ResponseReturnValue:
    """Everything that is listed and may be public, then what was taken off lately."""
    after = clean_number(request.args.get("after", ""))
    page = public_board(reading(), now(), after=after)
    following = url_for("reports.board", after=page.next_after) if page.next_after else None
    return render_template(
        "reports/public/board.html",
        board=page,
        places=areas_by_codes(reading(), page.codes),
        endings=ENDINGS,
        days=SHOWN_DELISTED.days,
        next_url=following,
        first_url=url_for("reports.board") if after else None,
    )
