"""Handing out a file: made on the disk of the server, and gone from there before it is sent."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from flask import Response, render_template, send_file
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Conflict, Refused
from portal.kernel.forms import Form
from portal.kernel.web import Session, instance, writing

# makes the file whose name it is given, and says what it may be called
Make = Callable[[Path], str]
TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def download(
    form: Form, template: str, make: Make, kind: str, context: Callable[[], dict[str, Any]]
) -> ResponseReturnValue:
    """GET shows the page; a good POST hands out the file, a refusal shows the page again."""
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                return hand_out(make, kind)
            except Refused as refusal:
                form.refuse(refusal)
                status = 409 if isinstance(refusal, Conflict) else 422
    return render_template(template, form=form, **context()), status


def hand_out(make: Make, kind: str) -> Response:
    """The file, which lies nowhere any more when it is sent."""
    suffix = ".xlsx" if kind == "xlsx" else ".csv"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table{suffix}"
        name = make(path)
        # an open file outlives its name
        file = path.open("rb")
    response = send_file(
        file, mimetype=TYPES[suffix], as_attachment=True, download_name=f"{name}{suffix}"
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


def note_export(action: str, subject: str, narrowed: Sequence[str], rows: int) -> None:
    """Write down who got which table, how it was narrowed, and how many rows it has."""
    with writing() as session:
        _note(session, action, subject, "; ".join([*narrowed, f"rows={rows}"]))


def _note(session: Session, action: str, subject: str, reason: str) -> None:
    note_action(
        session,
        at=now(),
        actor_id=current_actor().person_id,
        action=action,
        subject=subject,
        reason=reason,
    )


def dated(name: str) -> str:
    """The name of a file with the day on which it was made."""
    return f"{name}-{city_day(now(), instance().city.zone).isoformat()}"
