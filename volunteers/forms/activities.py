"""Forms about activities: writing one, taking a step, calling it off."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wtforms import BooleanField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from portal.kernel.forms import TicksField
from portal.kernel.i18n import lazy_gettext as _l
from volunteers.forms.fields import NEEDED, SeenForm, choices, named, up_to
from volunteers.labels.activities import ACTIVITY_KINDS
from volunteers.labels.planning import FROM_WHICH_AGE
from volunteers.queries.activities import LANGUAGES
from volunteers.rules.activities import (
    LONGEST_NOTE,
    LONGEST_PLACE,
    LONGEST_TITLE,
    LONGEST_WORDS,
    tags,
)
from volunteers.rules.offering import ActivityWish
from volunteers.rules.shifts import LONGEST_REASON


def _maybe(length: int) -> list[Any]:
    return [Optional(), up_to(length)]


class ActivityForm(SeenForm):
    """An activity, in the languages of the city."""

    kind = RadioField(_l("What kind of activity is it?"), validate_choice=False)
    title_zh_hans = StringField(_l("Title in simplified Chinese"), _maybe(LONGEST_TITLE))
    words_zh_hans = TextAreaField(
        _l("What people do there, in simplified Chinese"), _maybe(LONGEST_WORDS)
    )
    title_zh_hant = StringField(_l("Title in traditional Chinese"), _maybe(LONGEST_TITLE))
    words_zh_hant = TextAreaField(
        _l("What people do there, in traditional Chinese"), _maybe(LONGEST_WORDS)
    )
    title_en = StringField(_l("Title in English"), _maybe(LONGEST_TITLE))
    words_en = TextAreaField(_l("What people do there, in English"), _maybe(LONGEST_WORDS))
    area = SelectField(_l("For which place"), validate_choice=False)
    meeting_place = StringField(
        _l("Where people meet"), [InputRequired(NEEDED), up_to(LONGEST_PLACE)]
    )
    risks = TextAreaField(_l("Which risks there are"), [InputRequired(NEEDED), up_to(LONGEST_NOTE)])
    risky = BooleanField(_l("This can be dangerous: people have to be insured"))
    insurance = TextAreaField(_l("How people are insured"), _maybe(LONGEST_NOTE))
    gear = TextAreaField(_l("What is provided, and what to bring"), _maybe(LONGEST_NOTE))
    youngest = RadioField(_l("From which age may people come?"), validate_choice=False)
    organisation = SelectField(_l("Which unit stands behind it"), validate_choice=False)
    teams = TicksField(_l("Which teams take part"), validate_choice=False)
    tags = TicksField(_l("Themes"), validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices(ACTIVITY_KINDS)
        self.youngest.choices = choices(FROM_WHICH_AGE)
        self.tags.choices = named((tag.code, tag.names) for tag in tags().values())
        for field in (self.organisation, self.teams, self.tags):
            field.flags.optional = True

    def offer(self, languages: Sequence[str], needed: str) -> None:
        """Fields of the languages that the city has; one of them is needed."""
        for language in LANGUAGES:
            for what in ("title", "words"):
                name = f"{what}_{language.lower()}"
                if language == needed:
                    self[name].flags.optional = False
                elif language not in languages:
                    del self[name]

    def offer_places(self, places: Iterable[tuple[str, Mapping[str, str]]]) -> None:
        """(code, names) of the places that the writer looks after."""
        self.area.choices = named(places)

    def offer_partners(
        self,
        units: Iterable[tuple[str, Mapping[str, str]]],
        teams: Iterable[tuple[str, Mapping[str, str]]],
    ) -> None:
        """Units that can stand behind it and teams that can take part, as (code, names)."""
        self.organisation.choices = [SelectChoice("", _l("none")), *named(units)]
        self.teams.choices = named(teams)

    def keep_place(self) -> None:
        """An activity that is there stays where it is."""
        del self.area

    def wish(self) -> ActivityWish:
        """What was typed, as the service takes it."""
        return ActivityWish(
            kind=self.kind.data or "",
            titles=self._said("title"),
            words=self._said("words"),
            meeting_place=self.meeting_place.data or "",
            risks=self.risks.data or "",
            insurance=self.insurance.data or "",
            gear=self.gear.data or "",
            risky=bool(self.risky.data),
            youngest=self.youngest.data or "",
            tags=frozenset(self.tags.data or ()),
            organisation=self.organisation.data or "",
            teams=frozenset(self.teams.data or ()),
        )

    def _said(self, what: str) -> dict[str, str]:
        typed = ((lang, self._fields.get(f"{what}_{lang.lower()}")) for lang in LANGUAGES)
        return {lang: field.data for lang, field in typed if field is not None and field.data}


def as_typed(wish: ActivityWish) -> dict[str, Any]:
    """An activity as its form shows it."""
    said = {
        f"{what}_{lang.lower()}": text
        for what, texts in (("title", wish.titles), ("words", wish.words))
        for lang, text in texts.items()
    }
    plain = (
        "kind", "meeting_place", "risks", "insurance", "gear", "risky", "youngest", "organisation",
    )  # fmt: skip
    listed = {"tags": sorted(wish.tags), "teams": sorted(wish.teams)}
    return {**said, **listed, **{name: getattr(wish, name) for name in plain}}


class StepForm(SeenForm):
    """One step of an activity as a whole."""


class ReasonForm(SeenForm):
    """An end that people are told about."""

    reason = StringField(_l("Why?"), [InputRequired(NEEDED), up_to(LONGEST_REASON)])
