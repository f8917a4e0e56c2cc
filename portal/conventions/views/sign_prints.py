"""What is printed of a published convention: a sheet to sign on, and a poster for a wall."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from credit.queries.log import CheckpointRow, checkpoint_at, current_log
from credit.service.comparing import served
from portal.accounts.access import public
from portal.areas.queries import areas_by_ids
from portal.conventions.labels.published import SCRIPTS
from portal.conventions.queries.published import clauses_of_versions
from portal.conventions.queries.signing import SigningRow
from portal.conventions.rules.signing import Signer
from portal.conventions.service.signing import version_to_read, version_to_sign
from portal.conventions.views.blueprint import bp
from portal.conventions.views.signing import FOLDER
from portal.kernel.clock import now
from portal.kernel.qr import qr_svg
from portal.kernel.web import instance, reading

# as many lines as a page of A4 has room for beside the head
LINES = 14


@bp.get("/conventions/<number>/sign/sheet")
@public
def sign_sheet(number: str) -> ResponseReturnValue:
    """A sheet to sign on by hand: a line for each household, or (``?by=person``) each resident."""
    by_person = request.args.get("by") == Signer.PERSON.value
    # nobody collects hands under a text that was followed or has ended
    row = version_to_sign(reading(), number, now())
    way = url_for("conventions.signing", number=row.number)
    return render_template(
        f"{FOLDER}/sheet.html", by_person=by_person, lines=range(1, LINES + 1),
        **_printed(row, way),
    )  # fmt: skip


@bp.get("/conventions/<number>/poster")
@public
def convention_poster(number: str) -> ResponseReturnValue:
    """The text for a wall, with the way to its page and the newest state of the ledger."""
    row = version_to_read(reading(), number)
    way = url_for("conventions.version", number=row.of, version=row.version)
    return render_template(
        f"{FOLDER}/poster.html", text=clauses_of_versions(reading(), [row.id])[row.id],
        scripts=SCRIPTS, **_printed(row, way), **_sealed(row),
    )  # fmt: skip


def _printed(row: SigningRow, way: str) -> dict[str, Any]:
    url = instance().config.origin + way
    return {
        "row": row, "url": url, "qr": qr_svg(url),
        "area": areas_by_ids(reading(), {row.area_id})[row.area_id],
    }  # fmt: skip


def _sealed(row: SigningRow) -> dict[str, Any]:
    """The newest checkpoint and the address at which it is compared; nothing before the first that
    was made after the version was sealed."""
    newest = _newest()
    if newest is None or newest.made_at < row.published_at:
        return {"checkpoint": None}
    way = url_for("credit.compare_log", size=newest.size, root=newest.root.hex())
    return {
        "checkpoint": newest,
        "log_qr": qr_svg(instance().config.origin + way),
        "log_url": instance().config.origin + url_for("credit.compare_log"),
    }


def _newest() -> CheckpointRow | None:
    told, log = served(reading()), current_log(reading())
    if told is None or log is None or log.origin != told.origin:
        return None
    return checkpoint_at(reading(), log.number, told.size)
