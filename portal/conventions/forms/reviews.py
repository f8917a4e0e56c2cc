"""The form of the street's notes on the law."""

from collections.abc import Iterable
from uuid import UUID

from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.conventions.queries.texts import DraftRow
from portal.conventions.rules.texts import LONGEST_WORDS
from portal.conventions.service.reviewing import NoteWish
from portal.kernel.forms import LONG, NEEDED, Form
from portal.kernel.i18n import lazy_gettext as _l


class NoteForm(Form):
    """A note on a clause, or on the whole text."""

    clause = SelectField(_l("Of which clause?"))
    note = TextAreaField(
        _l("What does the law say? Please name it."),
        [InputRequired(message=NEEDED), Length(max=LONGEST_WORDS, message=LONG)],
    )
    must = RadioField(
        _l("May it pass like this?"),
        [InputRequired(message=_l("Choose what you decide."))],
        choices=[
            SelectChoice("no", _l("Yes, this is advice")),
            SelectChoice("yes", _l("No, it must be changed first")),
        ],
    )

    def offer(self, draft: Iterable[DraftRow]) -> None:
        """The clauses of a draft, and the whole text."""
        rows = [
            SelectChoice(str(one.clause_id), f"{at}. {one.heading or one.markdown[:20]}")
            for at, one in enumerate(draft, 1)
        ]
        self.clause.choices = [SelectChoice("", _l("The whole text")), *rows]

    def wish(self) -> NoteWish:
        """What is noted."""
        chosen = self.clause.data
        return NoteWish(
            self.note.data or "", self.must.data == "yes", UUID(chosen) if chosen else None
        )  # fmt: skip
