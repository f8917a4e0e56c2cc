"""Following: how to be told, and where."""

from collections.abc import Iterable
from typing import Any

from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.kernel.forms import Form
from portal.kernel.i18n import lazy_gettext as _l
from portal.reports.labels.following import WAYS
from portal.reports.rules.following import FollowWay

ONCE, DAILY = "once", "daily"
_WHEN = (
    SelectChoice(DAILY, _l("Once a day, together with whatever else I follow")),
    SelectChoice(ONCE, _l("At each step, a few minutes after it")),
)


class _When(Form):
    """When somebody is told of a matter; of a place or kind always once a day."""

    when = RadioField(_l("When do you want to be told?"), choices=_WHEN, default=DAILY)

    @property
    def at_once(self) -> bool:
        return bool(self.when.data == ONCE)


class OwnFollowForm(_When):
    """For somebody signed in: how she is told."""

    way = RadioField(
        _l("How do you want to be told?"),
        default=FollowWay.APP.value,
        validators=[InputRequired(_l("Please choose how you want to be told."))],
    )

    def __init__(self, ways: Iterable[FollowWay], **given: Any) -> None:
        super().__init__(**given)
        self.way.choices = [SelectChoice(way.value, WAYS[way]) for way in ways]

    @property
    def chosen(self) -> FollowWay:
        return FollowWay(self.way.data)


class FollowForm(_When):
    """For anybody else: a telephone or an address, to which a link is sent first."""

    to = StringField(
        _l("Your mobile phone"),
        validators=[
            InputRequired(_l("Please say where the messages are to go.")),
            Length(max=120, message=_l("Please give a mobile number, like 138 0000 1200.")),
        ],
    )

    def __init__(self, *, mail: bool) -> None:
        super().__init__()
        if mail:
            self.to.label.text = _l("Your mobile phone or e-mail address")


class StopForm(Form):
    """Nothing to fill in: a button that is meant."""
