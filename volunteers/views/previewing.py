"""A form that first shows what it would do, and does it when that was seen."""

from collections.abc import Callable
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.kernel.errors import Refused
from portal.kernel.forms import Form
from portal.kernel.pages import Act, answer
from portal.kernel.web import Session, reading
from portal.kernel.words import Words

SURE = "sure"


def previewed(
    form: Form,
    template: str,
    look: Callable[[Session], Any],
    act: Act,
    *,
    thanks: Words,
    **context: Any,
) -> ResponseReturnValue:
    """Show what ``look`` found; the button named ``sure`` then runs ``act``."""
    if not form.is_submitted() or SURE in request.form:
        return answer(form, template, act, thanks=thanks, found=None, **context)
    found, status = None, 422
    if form.validate():
        try:
            found, status = look(reading()), 200
        except Refused as refusal:
            form.refuse(refusal)
    return render_template(template, form=form, found=found, **context), status
