"""Forms of questions to communities and to everybody."""

from collections.abc import Iterable
from uuid import UUID

from wtforms import RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.conventions.labels.consultations import ASKING_KINDS
from portal.conventions.labels.talk import ANSWERS
from portal.conventions.queries.consultations import GroupRow
from portal.conventions.rules.consultations import (
    LONGEST_ANSWER,
    LONGEST_QUESTION,
    LONGEST_REPLY,
    LONGEST_SUMMARY,
    AskingWish,
    ConsultationKind,
)
from portal.conventions.rules.meetings import LONGEST_ITEM, lines_in
from portal.conventions.rules.talk import LONGEST_SAID, Answer
from portal.conventions.rules.texts import LONGEST_REASON
from portal.conventions.service.opinions import ReplyWish
from portal.kernel.forms import LONG, NEEDED, DayField, Form, needed_line, needed_words
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.organisations.queries import OrganisationRow

MOST_TYPED = 20_000


class AskingForm(Form):
    """A question."""

    kind = RadioField(
        _l("Who is asked?"),
        choices=[SelectChoice(kind.value, words) for kind, words in ASKING_KINDS.items()],
        default=ConsultationKind.DECISION.value,
        validate_choice=False,
    )
    unit = SelectField(_l("Who asks?"), validate_choice=False)
    place = needed_line(_l("Where it is asked"), 32)
    title = needed_line(_l("What it is about"), LONGEST_ITEM)
    markdown = needed_words(_l("What is planned, and what is asked?"), LONGEST_QUESTION)
    opens_on = DayField(_l("First day"), [InputRequired(message=NEEDED)])
    closes_on = DayField(_l("Last day"), [InputRequired(message=NEEDED)])
    short_why = TextAreaField(
        _l("If people have fewer than thirty days: why?"),
        [Optional(), Length(max=LONGEST_REASON, message=LONG)],
    )
    places = TextAreaField(
        _l("Codes of the communities that answer as such, one in a line"),
        [Optional(), Length(max=MOST_TYPED, message=LONG)],
    )

    def offer(self, units: Iterable[OrganisationRow], *, office: bool) -> None:
        """The units for which somebody may ask, and the office of the place."""
        rows = [SelectChoice(str(one.id), in_words(one.names)) for one in units]
        first = [SelectChoice("", _l("The office of this place"))] if office else []
        self.unit.choices = [*first, *rows]

    def unit_id(self) -> UUID | None:
        """The unit that asks; the first that may, when nonsense was sent."""
        known = [choice.value for choice in self.unit.choices]
        found = self.unit.data if self.unit.data in known else next(iter(known), "")
        return UUID(found) if found else None

    def wish(self, place: str | None = None) -> AskingWish:
        """What is asked."""
        chosen = self.kind.data
        return AskingWish(
            ConsultationKind(chosen)
            if chosen in set(ConsultationKind)
            else ConsultationKind.DECISION,
            place or self.place.data or "", self.title.data or "", self.markdown.data or "",
            self.opens_on.data, self.closes_on.data, self.short_why.data or "",
            lines_in(self.places.data or ""),
        )  # fmt: skip


class OpinionForm(Form):
    """An opinion."""

    words = needed_words(_l("What do you think of it?"), LONGEST_SAID)


class PlaceAnswerForm(Form):
    """What a community answers as such."""

    words = needed_words(_l("What does your community answer?"), LONGEST_ANSWER)


class GroupForm(Form):
    """A group of opinions, by what they have in common."""

    title = needed_line(_l("What have these opinions in common?"), LONGEST_ITEM)


class ReplyForm(GroupForm):
    """The reply to a group."""

    answer = RadioField(
        _l("What becomes of it?"),
        [Optional()],
        choices=[SelectChoice(one.value, words) for one, words in ANSWERS.items()],
        validate_choice=False,
    )
    reply = TextAreaField(
        _l("Why? Everybody can read this."),
        [Optional(), Length(max=LONGEST_REPLY, message=LONG)],
    )

    def wish(self) -> ReplyWish:
        """What is replied."""
        chosen = self.answer.data
        answer = Answer(chosen) if chosen in set(Answer) else None
        return ReplyWish(self.title.data or "", answer, self.reply.data or "")


class SortForm(Form):
    """Opinions and answers of communities that go into a group."""

    opinions = SelectMultipleField(_l("Opinions"), validate_choice=False)
    places = SelectMultipleField(_l("Answers of communities"), validate_choice=False)
    group = SelectField(_l("Into which group?"), validate_choice=False)

    def offer(self, groups: Iterable[GroupRow]) -> None:
        """The groups there are."""
        self.group.choices = [
            SelectChoice(str(one.id), f"{one.position}. {one.title}") for one in groups
        ]

    def chosen(self) -> UUID | None:
        """The group that was chosen."""
        known = {choice.value for choice in self.group.choices}
        return UUID(self.group.data) if self.group.data in known else None

    def ticked(self) -> tuple[list[UUID], list[UUID]]:
        """What was ticked; nonsense is nothing."""
        return _ids(self.opinions.data), _ids(self.places.data)


def _ids(texts: Iterable[str] | None) -> list[UUID]:
    found = []
    for text in texts or ():
        try:
            found.append(UUID(text))
        except ValueError:
            # it is the key of nothing
            continue
    return found


class SummaryForm(Form):
    """The summary of what came."""

    text = needed_words(_l("Summary: how many took part, and what was said"), LONGEST_SUMMARY)
