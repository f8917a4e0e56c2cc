"""The one page behind a link that opens one case: for a helper, or for another authority."""

from functools import partial
from typing import Any

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.forms import Form, clean_text
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.kernel.words import say
from portal.reports.forms.passes import OutsideForm, WorkForm
from portal.reports.forms.track import ConfirmForm
from portal.reports.labels.passes import ENTRY_KINDS, ENTRY_STATES
from portal.reports.rules.passes import PassRefusal
from portal.reports.service.pass_use import (
    Opened,
    answer_from_outside,
    confirm_receipt,
    hand_in_work,
    open_pass,
    photo_by_pass,
    say_on_the_way,
)
from portal.reports.views.blueprint import bp
from portal.reports.views.photos import PRIVATE, file_response

WAY, RECEIVED = "way", "received"
_THANKS = {
    WAY: _l("Thank you. The unit can see that you are on the way."),
    RECEIVED: _l("Thank you. The desk can see that you received it."),
    "work": _l("Thank you. The unit will look at it and report the work as done."),
    "answer": _l("Thank you. The desk reads your answer and passes it on."),
}


@bp.route("/l/<token>", methods=["GET", "POST"])
@public
def pass_page(token: str) -> ResponseReturnValue:
    """One case, for whoever holds its link; when the link is over: why, and whom to ask."""
    try:
        opened = open_pass(reading(), token, now())
    except Missing:
        return _private((_closed(None), 404))
    if opened.closed is not None:
        return _private((_closed(opened), 410))
    return _private(_converse(token, opened))


def _converse(token: str, opened: Opened) -> ResponseReturnValue:
    """The small button or the form, whichever was pressed; both stand on the same page."""
    pressed = request.form.get("do", "")
    small = ConfirmForm(formdata=None) if pressed not in _SMALL else ConfirmForm()
    form: Any = _large(opened, posted=pressed not in _SMALL)
    acting: Form = small if pressed in _SMALL else form
    act = partial(_act, token, opened, pressed, form)
    thanks = _THANKS[pressed if pressed in _SMALL else "work" if opened.for_helper else "answer"]
    template = f"reports/pass/{opened.row.kind.value}.html"
    context = {"work": form, "small": small, "token": token, **_words(opened)}
    return answer(acting, template, act, thanks=thanks, **context)


_SMALL = frozenset({WAY, RECEIVED})


def _large(opened: Opened, *, posted: bool) -> Form:
    kind = WorkForm if opened.for_helper else OutsideForm
    return kind() if posted else kind(formdata=None)


def _act(token: str, opened: Opened, pressed: str, form: Any, session: Session) -> str:
    """One call; where it leads names no secret: the address is kept to answer a double click."""
    if pressed == WAY:
        say_on_the_way(session, token, now=now())
    elif pressed == RECEIVED:
        confirm_receipt(session, token, now=now())
    elif opened.for_helper:
        hand_in_work(session, token, now=now(), **form.said)
    else:
        answer_from_outside(session, token, now=now(), **form.said)
    return "?sent=1"


def _words(opened: Opened) -> dict[str, Any]:
    return {
        "opened": opened,
        "case": opened.case,
        "entry_kinds": ENTRY_KINDS,
        "entry_states": ENTRY_STATES,
    }


def _closed(opened: Opened | None) -> str:
    """Why the link opens nothing, whom to ask, and what was typed meanwhile."""
    typed = clean_text(request.form.get("words")) if request.method == "POST" else ""
    why = say(opened.closed) if opened and opened.closed else say(PassRefusal.UNKNOWN)
    return render_template("reports/pass/closed.html", opened=opened, why=why, typed=typed)


def _private(shown: ResponseReturnValue) -> ResponseReturnValue:
    """Neither kept by the browser nor found by a search: the address is a secret."""
    response = make_response(shown)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.get("/l/<token>/photos/<code>")
@public
def pass_photo(token: str, code: str) -> ResponseReturnValue:
    """A photo that the link shows, for as long as the link is good."""
    small = request.args.get("size") == "small"
    return file_response(photo_by_pass(reading(), token, code, now(), small=small), PRIVATE)
