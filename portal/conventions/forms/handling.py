"""Forms of what a community settles by itself. None has a field for a person, a fine or points."""

from collections.abc import Iterable

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.conventions.labels.handling import ENDS, WAYS
from portal.conventions.queries.handling import HeadRow
from portal.conventions.rules.community import LONGEST_ADDRESS, HandlingEnd, HandlingWay
from portal.conventions.rules.handling import LONGEST_NOTE, HandlingWish
from portal.conventions.rules.texts import ClauseText
from portal.kernel.forms import LONG, NEEDED, Form
from portal.kernel.i18n import lazy_gettext as _l

_CHOOSE = _l("Choose what was done.")


def _ends(first: object = None) -> list[SelectChoice]:
    found = [SelectChoice(one.value, words) for one, words in ENDS.items()]
    return [SelectChoice("", first), *found] if first else found


class _PlaceForm(Form):
    """Where, and what happened."""

    located = StringField(
        _l("Where?"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_ADDRESS, message=LONG)],
    )
    note = TextAreaField(
        _l("What happened, and what was said"),
        [Optional(), Length(max=LONGEST_NOTE, message=LONG)],
    )
    outcome = SelectField(
        _l("What came of it?"), choices=_ends(_l("Not over yet")), validate_choice=False
    )

    def _end(self) -> HandlingEnd | None:
        code = self.outcome.data
        return HandlingEnd(code) if code in set(HandlingEnd) else None

    def _said(self, way: HandlingWay, clause: str) -> HandlingWish:
        located, note = self.located.data or "", self.note.data or ""
        return HandlingWish(way, located, note, clause, self._end())


class HandlingForm(_PlaceForm):
    """What was done under a clause."""

    way = RadioField(
        _l("What did you do?"),
        [InputRequired(message=_CHOOSE)],
        choices=[SelectChoice(one.value, words) for one, words in WAYS.items()],
    )
    clause = SelectField(_l("Under which clause?"), validate_choice=False)

    def offer(self, text: Iterable[ClauseText]) -> None:
        """The clauses of the version."""
        rows = [
            SelectChoice(one.key, f"{at}. {one.heading or one.words[:20]}")
            for at, one in enumerate(text, 1)
        ]
        self.clause.choices = [SelectChoice("", _l("No clause: it was only put right")), *rows]

    def wish(self) -> HandlingWish:
        """What is kept."""
        return self._said(HandlingWay(self.way.data), self.clause.data or "")


class MatterForm(_PlaceForm):
    """What a building head found and saw to."""

    building = SelectField(_l("Which building?"), validate_choice=False)

    def offer(self, heads: Iterable[HeadRow]) -> None:
        """The buildings of which she is head."""
        self.building.choices = [SelectChoice(one.number, one.covers) for one in heads]

    def wish(self) -> HandlingWish:
        """What is kept."""
        return self._said(HandlingWay.PUT_RIGHT, "")


class EndForm(Form):
    """What came of it."""

    outcome = RadioField(
        _l("What came of it?"),
        [InputRequired(message=_l("Choose what came of it."))],
        choices=_ends(),
    )

    def chosen(self) -> HandlingEnd:
        return HandlingEnd(self.outcome.data)
