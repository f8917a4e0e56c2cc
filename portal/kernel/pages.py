"""A view's conversation: ask the form, one service call, thank, redirect, or show what is wrong."""

import re
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.kernel.clock import now
from portal.kernel.errors import Conflict, Refused
from portal.kernel.forms import Form, spent_key
from portal.kernel.idempotency import once
from portal.kernel.web import writing
from portal.kernel.words import Words

Act = Callable[[Session], str]
_LOCAL_PATH = re.compile(r"/(?![/\\])[^\x00-\x1f]*\Z")


def answer(
    form: Form, template: str, act: Act, /, *, thanks: Words | None = None, **context: Any
) -> ResponseReturnValue:
    """GET shows the form; a good POST runs ``act`` once and goes to the address it returns.

    ``act(session)`` calls one service and returns a local URL. A refusal shows the form again with
    everything typed (422), a lost race likewise (409). A repeated POST shows the first result
    (unless the form keeps no key: then ``act`` itself refuses a second time).
    """
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                return submit(form, act, thanks=thanks)
            except Refused as refusal:
                form.refuse(refusal)
                status = 409 if isinstance(refusal, Conflict) else 422
    return render_template(template, form=form, **context), status


def submit(form: Form, act: Act, *, thanks: Words | None = None) -> ResponseReturnValue:
    """Run a validated form's act once in one transaction, and redirect. Raises Refused."""
    with writing() as session:
        url = once(session, spent_key(form), act, now=now()) if form.keyed else act(session)
    if thanks is not None:
        flash(str(thanks), "success")
    return redirect(url, 303)


def local_path(url: str | None, default: str = "/") -> str:
    """A ``next`` parameter that stays on this site, or the default."""
    return url if url and _LOCAL_PATH.match(url) else default
