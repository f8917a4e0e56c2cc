"""Several places of one's own signed at once: the same text, one code."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from pledges.forms.signing import (
    BranchesForm,
    SignForm,
    door_field,
    kept_ticks,
    seen_field,
    seen_of,
    ticked_doors,
)
from pledges.labels.clauses import AXES
from pledges.queries.signing import BranchRow, SigningDoor, TextRow, clauses_with_ids
from pledges.rules.clause_texts import ClauseChange, changes_between
from pledges.rules.clauses import Letter
from pledges.rules.signing import SigningRefusal
from pledges.service.branches import ask_for_batch_code, sign_branches
from pledges.views.blueprint import bp
from pledges.views.my_pledges import FOLDER, own_branches
from pledges.views.signing_page import send_once, version_in
from portal.accounts.access import current_actor, signed_in
from portal.accounts.views.browser import this_browser
from portal.kernel.clock import now
from portal.kernel.i18n import current_language
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.kernel.words import say

SIGNED_MANY = _l("Signed. Each letter stands below.")


@bp.route("/me/pledges/branches", methods=["GET", "POST"])
@signed_in
def sign_branches_page() -> ResponseReturnValue:
    """Sign the same text for several places with one code."""
    due = [row for row in own_branches() if row.due and row.door.duty_words and not row.has_extras]
    texts = Counter(row.text[1].id for row in due if row.text)
    asked = _asked(due, texts)
    if asked is None:
        return redirect(url_for("pledges.my_pledges"), 303)
    doors = [row.door for row in due if row.text and row.text[1].id == asked]
    given = _filled(doors, _text(due, asked))
    return _talk(given, axes=AXES, others=[one for one in texts if one != asked],
                 changes=given.changes)  # fmt: skip


def _asked(due: list[BranchRow], texts: "Counter[UUID]") -> UUID | None:
    """The text that was asked for; of one that counts no more, the one that is meant for the places
    that were ticked; or the one that is meant for most of the places."""
    sought = request.form.get("version") or request.args.get("text", "")
    found = next((one for one in texts if str(one) == sought), None)
    ticked = set(ticked_doors())
    near = Counter(row.text[1].id for row in due if row.text and row.door.number in ticked)
    return found or next(
        (one for one, _many in [*near.most_common(1), *texts.most_common(1)]), None
    )


def _text(rows: list[BranchRow], version_id: UUID) -> TextRow:
    row, version = next(one.text for one in rows if one.text and one.text[1].id == version_id)
    return TextRow(row, version, clauses_with_ids(reading(), [version_id])[version_id])


@dataclass(frozen=True)
class _Filled:
    """The form of the page; ``stale``: what changed since it was shown, and at which places."""

    form: BranchesForm
    stale: SigningRefusal | None = None
    places: Sequence[str] = ()
    changes: Sequence[ClauseChange] = ()


def _filled(doors: Sequence[SigningDoor], text: TextRow) -> _Filled:
    """The form as it is to be shown. What was sent for something older is kept as far as it still
    holds, and is not acted upon: it is read once more."""
    since = version_in(request.form.get("version", ""))
    if request.method != "POST" or since is None:
        return _Filled(BranchesForm.made_for(doors, text))
    ticked = set(ticked_doors())
    sent = {door.number: request.form.get(seen_field(door.number)) for door in doors}
    moved = [one for one in doors if one.number in ticked and sent[one.number] != seen_of(one)]
    others = [one for one in moved if _operator(sent[one.number]) != one.operator]
    if since == text.id and not moved:
        return _Filled(BranchesForm.made_for(doors, text))
    stale = SigningRefusal.NEW_DUTY if moved else SigningRefusal.NEW_TEXT
    stale = SigningRefusal.OTHER_OPERATOR if others else stale
    old = clauses_with_ids(reading(), [since])[since]
    gone = {"version", "code", "operator", "duty", *(door_field(one.number) for one in others)}
    gone |= {"received"} if moved else set()
    given = _kept(gone, kept_ticks(old, text.clauses, request.form.__contains__))
    changes = changes_between(
        list(old.values()), list(text.clauses.values()), current_language()
    ) if since != text.id else []  # fmt: skip
    form = BranchesForm.made_for(doors, text, given)
    return _Filled(form, stale, [one.title for one in moved], changes)


def _operator(seen: str | None) -> str:
    return (seen or "").partition(":")[0]


def _kept(gone: set[str], ticks: list[str]) -> "MultiDict[str, str]":
    """What was typed, without what has to be read anew."""
    given = MultiDict(
        (name, value) for name, value in request.form.items(multi=True)
        if name not in gone and not name.startswith(("tick-", seen_field("")))
    )  # fmt: skip
    given.update(dict.fromkeys(ticks, "y"))
    return given


def _talk(given: _Filled, **context: Any) -> ResponseReturnValue:
    """One button sends a code and shows the same page, the other signs."""
    form, page, sent = given.form, f"{FOLDER}/branches.html", "code" in request.form
    if given.stale is not None:
        told = [f"{one}: {say(given.stale)}" for one in given.places] or [say(given.stale)]
        form.form_errors = [*form.form_errors, *told]
        return render_template(page, form=form, code_sent=sent, **context), 409
    if form.is_submitted() and form.asks_for_code:
        status = send_once(form, partial(_send_many, form))
        return render_template(page, form=form, code_sent=sent or status == 200, **context), status
    return answer(
        form, page, partial(_sign_many, form), thanks=SIGNED_MANY, code_sent=sent, **context
    )


def _send_many(form: SignForm, session: Session) -> str:
    ask_for_batch_code(session, current_actor(), this_browser(form), now=now())
    return ""


def _sign_many(form: BranchesForm, session: Session) -> str:
    done = sign_branches(
        session, current_actor(), form.wishes(Letter.FRONTAGE), form.code.data or "",
        this_browser(form), now=now(),
    )  # fmt: skip
    failed = [f"{one.premises}~{one.why.value}" for one in done.failed]
    return url_for("pledges.my_pledges", failed=failed or None)
