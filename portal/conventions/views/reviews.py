"""The street's notes on the law."""

from flask import url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.conventions.forms.reviews import NoteForm
from portal.conventions.queries.texts import draft_of
from portal.conventions.service.reviewing import write_note
from portal.conventions.service.rounds import REVIEW, round_here
from portal.conventions.views.blueprint import bp
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading


@bp.route("/desk/conventions/<number>/notes", methods=["GET", "POST"])
@requires(REVIEW)
def desk_note(number: str) -> ResponseReturnValue:
    """Note what the law says to a clause, or to the whole text."""
    row, form = round_here(reading(), current_actor(), number), NoteForm()
    form.offer(draft_of(reading(), row.id))

    def act(session: Session) -> str:
        write_note(session, current_actor(), row.number, form.wish(), now=now())
        return url_for("conventions.desk_convention", number=row.number)

    return answer(form, "conventions/desk/note.html", act, thanks=_l("Saved."), row=row)
