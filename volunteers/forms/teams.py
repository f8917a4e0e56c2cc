"""Forms about teams, partners and inspection groups."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import (
    BooleanField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional

from portal.kernel.forms import DayField, Form
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from volunteers.forms.fields import NEEDED, choices, named, up_to
from volunteers.labels.activities import TEAM_KINDS
from volunteers.labels.teams import PARTNER_KINDS
from volunteers.rules.activities import LONGEST_TITLE
from volunteers.rules.teams import TeamWish
from volunteers.rules.tours import BEST, LONGEST_REMARK, LONGEST_REPORT, WORST, axes


class TeamForm(Form):
    """A team."""

    kind = RadioField(_l("What kind of team is it?"), validate_choice=False)
    name_zh_hans = StringField(
        _l("Name in simplified Chinese"), [InputRequired(NEEDED), up_to(LONGEST_TITLE)]
    )
    name_zh_hant = StringField(
        _l("Name in traditional Chinese"), [Optional(), up_to(LONGEST_TITLE)]
    )
    name_en = StringField(_l("Name in English"), [Optional(), up_to(LONGEST_TITLE)])
    area = SelectField(_l("For which place"), validate_choice=False)
    organisation = SelectField(_l("Which unit stands behind it"), validate_choice=False)
    phone = StringField(_l("Office telephone"), [Optional(), up_to(40)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices(TEAM_KINDS)
        self.organisation.flags.optional = True

    def offer(
        self,
        units: Iterable[tuple[str, Mapping[str, str]]],
        places: Iterable[tuple[str, Mapping[str, str]]] | None,
    ) -> None:
        """Units and places to choose from; places None: the team stays where it is."""
        self.organisation.choices = [SelectChoice("", _l("none")), *named(units)]
        if places is None:
            del self.area
        else:
            self.area.choices = named(places)

    def wish(self) -> TeamWish:
        """What was typed, as the service takes it."""
        languages = ("zh_Hans", "zh_Hant", "en")
        typed = {lang: self[f"name_{lang.lower()}"].data for lang in languages}
        return TeamWish(
            self.kind.data or "",
            {lang: name for lang, name in typed.items() if name},
            self.organisation.data or "",
            self.phone.data or "",
        )


def team_as_typed(wish: TeamWish) -> dict[str, Any]:
    """A team as its form shows it."""
    names = {f"name_{lang.lower()}": name for lang, name in wish.names.items()}
    return {"kind": wish.kind, "organisation": wish.organisation, "phone": wish.phone, **names}


class MemberForm(Form):
    """Somebody who joins a team."""

    person = StringField(_l("Number of the person"), [InputRequired(NEEDED), up_to(40)])
    leads = BooleanField(_l("She leads the team"))


class MemberStepForm(MemberForm):
    """A step of somebody who belongs to a team already: only the form's token and key."""

    person = StringField(_l("Number of the person"), [Optional()])


class PartnerForm(Form):
    """An organisation that takes part."""

    organisation = SelectField(_l("Organisation"), validate_choice=False)
    kind = RadioField(_l("As what does it take part?"), validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices(PARTNER_KINDS)

    def offer(self, units: Iterable[tuple[str, Mapping[str, str]]]) -> None:
        """Units to choose from."""
        self.organisation.choices = named(units)


class TourForm(Form):
    """The stops of a tour."""

    day = DayField(_l("Day of the tour"), [InputRequired(NEEDED)])
    stops = TextAreaField(_l("Stops, one a line"), [InputRequired(NEEDED), up_to(8000)])


class ReportForm(Form):
    """The report of a tour."""

    words = TextAreaField(
        _l("What the group found"), [InputRequired(NEEDED), up_to(LONGEST_REPORT)]
    )


class SheetForm(Form):
    """What a member thinks of one stop."""

    remark = TextAreaField(_l("Remarks"), [Optional(), up_to(LONGEST_REMARK)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for axis in axes().values():
            self[axis.code].label.text = in_words(axis.names)

    def scores(self) -> dict[str, int | None]:
        """The score of each axis; None where nothing good was chosen."""
        known = {str(score): score for score in range(WORST, BEST + 1)}
        return {code: known.get(str(self[code].data)) for code in axes()}


_SCORES = [
    SelectChoice("5", _l("5 – very good")),
    SelectChoice("4", _l("4 – good")),
    SelectChoice("3", _l("3 – fair")),
    SelectChoice("2", _l("2 – rather poor")),
    SelectChoice("1", _l("1 – poor")),
]
# one question for each axis of the list
for _code in axes():
    setattr(SheetForm, _code, RadioField("", choices=_SCORES, validate_choice=False))
