"""Forms of conventions at the desk: what is started, a clause, a pasted text, a move."""

import re
from typing import Final

from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.conventions.labels.kinds import KINDS, TOPICS
from portal.conventions.rules.kinds import Kind
from portal.conventions.rules.texts import (
    LONGEST_CLAUSE,
    LONGEST_HEADING,
    LONGEST_PASTE,
    LONGEST_REASON,
    LONGEST_TITLE,
    LONGEST_WORDS,
    Topic,
)
from portal.conventions.service.drafting import ClauseWish
from portal.conventions.service.rounds import RoundWish
from portal.kernel.forms import LONG, NEEDED, Form
from portal.kernel.i18n import lazy_gettext as _l

_NUMBER: Final = re.compile(r"[0-9]{1,9}\Z", re.ASCII)


def _most(length: int) -> Length:
    return Length(max=length, message=LONG)


class SureForm(Form):
    """Nothing to fill in: a button that is meant. ``seen``: what it was pressed beside."""

    seen = HiddenField(default="")

    def revision(self) -> int:
        """The revision that was seen; 0 for nonsense, which no clause ever has."""
        return _number(self.seen.data)


def _number(text: str | None) -> int:
    return int(text) if text and _NUMBER.match(text) else 0


class StartForm(Form):
    """A convention that is started."""

    kind = SelectField(
        _l("Kind"),
        choices=[SelectChoice(kind.value, words) for kind, words in KINDS.items()],
        validate_choice=False,
    )
    place = StringField(_l("Community"), [InputRequired(message=NEEDED), _most(32)])
    title = StringField(
        _l("Name of the convention"), [InputRequired(message=NEEDED), _most(LONGEST_TITLE)]
    )
    covers = StringField(
        _l("Estate or road, if it is not for the whole community"),
        [Optional(), _most(LONGEST_TITLE)],
    )
    asked = TextAreaField(_l("What do you ask the residents?"), [Optional(), _most(LONGEST_WORDS)])

    def wish(self) -> RoundWish:
        """What is started."""
        chosen = self.kind.data
        return RoundWish(
            Kind(chosen) if chosen in set(Kind) else Kind.RESIDENTS,
            self.place.data or "", self.title.data or "", self.covers.data or "",
            self.asked.data or "",
        )  # fmt: skip


class ClauseForm(Form):
    """A clause. ``seen``: the revision from which it was written."""

    heading = StringField(_l("Heading"), [Optional(), _most(LONGEST_HEADING)])
    topic = SelectField(
        _l("What the clause is about"),
        choices=[SelectChoice(topic.value, words) for topic, words in TOPICS.items()],
        default=Topic.OTHER.value,
        validate_choice=False,
    )
    words = TextAreaField(
        _l("What the clause says"), [InputRequired(message=NEEDED), _most(LONGEST_CLAUSE)]
    )
    seen = HiddenField(default="0")

    def wish(self) -> ClauseWish:
        """What the clause is to say."""
        topic = self.topic.data
        return ClauseWish(
            self.heading.data or "", self.words.data or "",
            Topic(topic) if topic in set(Topic) else Topic.OTHER,
        )  # fmt: skip

    def revision(self) -> int:
        """The revision that was seen; 0 for nonsense, which lays the words aside."""
        return _number(self.seen.data)


class PasteForm(Form):
    """A whole text."""

    text = TextAreaField(
        _l("Paste the text here"), [InputRequired(message=NEEDED), _most(LONGEST_PASTE)]
    )


class ReasonForm(Form):
    """A move or a decision, with its reason. ``seen``: what it was decided about."""

    reason = TextAreaField(_l("Why? Everybody can read this."), [Optional(), _most(LONGEST_REASON)])
    seen = HiddenField(default="")
