"""Forms of prepared words: keeping them, and choosing them for a step."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from wtforms import SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from portal.kernel.i18n import NAMES as LANGUAGE_NAMES
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.reports.forms.desk import StepForm, read_key
from portal.reports.labels.case import ACTIONS
from portal.reports.queries.replies import ReplyRow
from portal.reports.rules.replies import MOST_TITLE, MOST_WORDS, STEPS
from portal.reports.service.replies import ReplyWish

_TOO_LONG = _l("Please write no more than %(max)d characters.")
UNIT, PLACE = "unit:", "place:"


class ReplyForm(StepForm):
    """Prepared words. The hidden version is that of the words, so that nobody overwrites unseen."""

    title = StringField(
        _l("Name for this list"), validators=[Length(max=MOST_TITLE, message=_TOO_LONG)]
    )
    owner = SelectField(_l("Who uses them"), validate_choice=False)
    step = SelectField(
        _l("For which step"),
        choices=[SelectChoice(step.value, ACTIONS[step]) for step in STEPS],
        validate_choice=False,
    )
    category = SelectField(_l("Only for this kind of problem"), validators=[Optional()])
    language = SelectField(
        _l("Language of the words"),
        choices=[SelectChoice(code, name) for code, name in LANGUAGE_NAMES.items()],
        validate_choice=False,
    )
    words = TextAreaField(_l("Words"), validators=[Length(max=MOST_WORDS, message=_TOO_LONG)])

    def offer(self, owners: Sequence[tuple[str, str]], kinds: Iterable[Any]) -> None:
        """For whom somebody keeps words, and the kinds in use."""
        self.owner.choices = [SelectChoice(key, name) for key, name in owners]
        self.category.choices = [
            SelectChoice("", _l("For every kind")),
            *(SelectChoice(kind.code, in_words(kind.names)) for kind in kinds),
        ]
        self.category.validate_choice = False

    def wish(self) -> ReplyWish:
        owner = self.owner.data or ""
        return ReplyWish(
            title=self.title.data or "",
            words=self.words.data or "",
            step=self.step.data or "",
            language=self.language.data or "",
            category=self.category.data or None,
            unit_id=read_key(owner.removeprefix(UNIT)) if owner.startswith(UNIT) else None,
            place_path=owner.removeprefix(PLACE) if owner.startswith(PLACE) else None,
        )


def owner_key(unit_id: UUID | None, place_path: str | None) -> str:
    """How an owner stands in the form."""
    return f"{UNIT}{unit_id}" if unit_id is not None else f"{PLACE}{place_path}"


def choose_reply(offered: Iterable[ReplyRow]) -> SelectField:
    """The field of a step that offers prepared words."""
    choices = [
        SelectChoice(row.code, f"{row.title} · {LANGUAGE_NAMES.get(row.language, row.language)}")
        for row in offered
    ]
    return SelectField(
        _l("Prepared words"),
        choices=[SelectChoice("", _l("Please choose")), *choices],
        validators=[Optional()],
        validate_choice=False,
    )
