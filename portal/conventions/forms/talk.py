"""Forms of what people say to a convention."""

from collections.abc import Iterable
from uuid import UUID

from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.conventions.labels.kinds import TOPICS
from portal.conventions.labels.talk import ANSWERS
from portal.conventions.queries.texts import DraftRow
from portal.conventions.rules.talk import LONGEST_SAID, TalkRefusal
from portal.conventions.rules.texts import LONGEST_REASON, LONGEST_WORDS, Topic
from portal.conventions.service.commenting import CommentWish
from portal.kernel.errors import Refused
from portal.kernel.forms import LONG, NEEDED, Form
from portal.kernel.i18n import lazy_gettext as _l


class WishForm(Form):
    """A wish."""

    topic = SelectField(
        _l("What your wish is about"),
        choices=[SelectChoice(topic.value, words) for topic, words in TOPICS.items()],
        default=Topic.OTHER.value,
        validate_choice=False,
    )
    words = TextAreaField(
        _l("What should the convention say?"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_SAID, message=LONG)],
    )

    def about(self) -> Topic:
        """What it is about."""
        chosen = self.topic.data
        return Topic(chosen) if chosen in set(Topic) else Topic.OTHER


class LookForm(Form):
    """Whether others may read something."""

    show = RadioField(
        _l("May everybody read it?"),
        [InputRequired(message=_l("Choose what you decide."))],
        choices=[SelectChoice("yes", _l("Yes")), SelectChoice("no", _l("No"))],
    )
    reason = TextAreaField(
        _l("If not, why? Whoever wrote it reads this."),
        [Optional(), Length(max=LONGEST_REASON, message=LONG)],
    )


class CommentForm(Form):
    """A comment, or other words for a clause. ``seen``: the hash of what was read."""

    words = TextAreaField(
        _l("What do you want to say?"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_SAID, message=LONG)],
    )
    proposal = TextAreaField(
        _l("Other words for this clause"),
        [Optional(), Length(max=LONGEST_SAID, message=LONG)],
    )
    seen = HiddenField(default="")

    def wish(self, clause_id: UUID | None) -> CommentWish:
        """What is said, of a clause or of the whole text."""
        proposal, seen = self.proposal.data or "", (self.seen.data or "")[:64]
        return CommentWish(self.words.data or "", proposal, clause_id, seen)


class PaperCommentForm(CommentForm):
    """The same from paper, where the clause is chosen."""

    clause = SelectField(_l("Of which clause?"), validate_choice=False)

    def offer(self, draft: Iterable[DraftRow]) -> None:
        """The clauses of a draft, and the whole text."""
        rows = [
            SelectChoice(str(one.clause_id), f"{at}. {one.heading or one.markdown[:20]}")
            for at, one in enumerate(draft, 1)
        ]
        self.clause.choices = [SelectChoice("", _l("The whole text")), *rows]

    def chosen(self) -> UUID | None:
        """The clause that was chosen; None: the whole text. Raises Refused for one that stands
        there no more, or what was said of it would be of the whole."""
        known = {choice.value for choice in self.clause.choices}
        found = self.clause.data or ""
        if found not in known:
            raise Refused(TalkRefusal.CLAUSE_GONE, field="clause")
        return UUID(found) if found else None


class AnswerForm(Form):
    """One answer for what is ticked."""

    numbers = SelectMultipleField(_l("Comments"), validate_choice=False)
    answer = RadioField(
        _l("What becomes of it?"),
        [InputRequired(message=_l("Choose what you decide."))],
        choices=[SelectChoice(one.value, words) for one, words in ANSWERS.items()],
    )
    reason = TextAreaField(
        _l("Why? Everybody can read this."),
        [InputRequired(message=NEEDED), Length(max=LONGEST_WORDS, message=LONG)],
    )
