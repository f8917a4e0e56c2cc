"""The sealed log for people: what it is, posters for notice boards, old checkpoints compared."""

from datetime import datetime
from typing import Any, Final

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from credit.forms.log import CompareForm
from credit.labels.log import FINDINGS, SIGNED, WHAT_IT_MEANS, whole_day
from credit.queries.log import (
    CheckpointRow,
    checkpoint_at,
    current_log,
    first_sealing,
    last_checkpoints,
)
from credit.rules.compare import Finding, OldCheckpoint, Signed, grouped
from credit.rules.standing import LogState
from credit.service.comparing import compare, served, verifier_keys
from credit.service.logfiles import log_files
from credit.service.witnessing import witnesses_seen
from credit.views.blueprint import bp
from portal.accounts.access import public
from portal.kernel.clock import city_day, month_bounds, now
from portal.kernel.errors import Missing
from portal.kernel.qr import qr_svg
from portal.kernel.web import instance, reading

TONES: Final = {
    Finding.SAME: "success", Finding.CONTAINED: "success", Finding.DIFFERENT: "error",
    Finding.LARGER: "error", Finding.BROKEN: "error",
}  # fmt: skip


@bp.get("/credit/log/")
@public
def log_page() -> ResponseReturnValue:
    """What the log is, its newest checkpoint, its keys, its witnesses, and how to check it."""
    session, newest = reading(), _newest()
    log = current_log(session)
    return render_template(
        "credit/log/index.html",
        newest=newest,
        letters=grouped(newest.root) if newest else [],
        keys=verifier_keys(session)[:1],
        former=log_files(session).former_keys(),
        witnesses=witnesses_seen(session, log.number) if log else [],
        address=_address(log),
    )


def _address(log: LogState | None) -> str:
    """Where a program finds checkpoint and tiles: a later log is not mistaken for the first."""
    later = f"/{log.number}" if log and log.number > 1 else ""
    return f"{instance().config.origin}/credit/log{later}"


def _newest() -> CheckpointRow | None:
    """The served checkpoint with its date."""
    session = reading()
    told, log = served(session), current_log(session)
    if told is None or log is None or log.origin != told.origin:
        return None
    return checkpoint_at(session, log.number, told.size)


@bp.get("/credit/log/poster")
@public
def log_poster() -> ResponseReturnValue:
    """A sheet for a notice board: a dated checkpoint that nobody can take back. ``?size=``: an
    earlier one."""
    row = _asked_for(request.args.get("size", ""))
    way = url_for("credit.compare_log", size=row.size, root=row.root.hex()) if row else ""
    return render_template(
        "credit/log/poster.html",
        row=row,
        letters=grouped(row.root) if row else [],
        dated=whole_day(row.made_at, instance().city.zone) if row else "",
        keys=verifier_keys(reading())[:1],
        qr=qr_svg(f"{instance().config.origin}{way}"),
        url=f"{instance().config.origin}{url_for('credit.compare_log')}",
    )


def _asked_for(size: str) -> CheckpointRow | None:
    """The newest checkpoint, or one of another size. Raises Missing when we made none."""
    if not size:
        return _newest()
    log = current_log(reading())
    is_number = size.isascii() and size.isdecimal() and len(size) < 19
    row = checkpoint_at(reading(), log.number, int(size)) if log and is_number else None
    if row is None:
        raise Missing
    return row


@bp.get("/credit/log/compare")
@public
def compare_log() -> ResponseReturnValue:
    """Whether today's log contains an old checkpoint, in plain words."""
    form = CompareForm(request.args)
    old = form.old()
    status = 422 if form.summary() else 200
    return render_template(
        "credit/log/compare.html", form=form, old=old, **(_found(old) if old else {})
    ), status


def _found(old: OldCheckpoint) -> dict[str, Any]:
    found = compare(reading(), old)
    wrong = found.signed is Signed.WRONG
    tone = "error" if wrong else TONES.get(found.finding, "warning")
    return {
        "found": found, "tone": tone, "title": FINDINGS[found.finding],
        "meaning": WHAT_IT_MEANS[found.finding], "signed": SIGNED[found.signed],
        "letters": len(old.letters) if not old.whole else 0,
    }  # fmt: skip


@bp.get("/credit/log/checkpoints")
@public
def log_checkpoints() -> ResponseReturnValue:
    """The last checkpoint of each month of a year: posters were made of some of them."""
    session, zone = reading(), instance().city.zone
    this, first = city_day(now(), zone).year, first_sealing(session)
    oldest = city_day(first, zone).year if first else this
    year = request.args.get("year", this, type=int)
    if not oldest <= year <= this:
        raise Missing
    rows = last_checkpoints(session, _months(year))
    return render_template(
        "credit/log/checkpoints.html", rows=rows, year=year, oldest=oldest, newest=this
    )


def _months(year: int) -> list[tuple[datetime, datetime]]:
    zone = instance().city.zone
    return [month_bounds(f"{year}-{month:02d}", zone) for month in range(1, 13)]
