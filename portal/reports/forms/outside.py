"""What a step asks that sends a matter to somebody else."""

from typing import Any

from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import Length, Optional

from portal.kernel.forms import DayField
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.reports.queries.outside import bodies
from portal.reports.rules.codes import Event


class BodyField(SelectField):  # type: ignore[misc]  # WTForms ships no types
    """The bodies of the list by name; ``guide`` says what each is for. Nothing is chosen before."""

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, choices=_body_choices, validate_choice=False, **options)

    @property
    def guide(self) -> list[tuple[str, str]]:
        """Name, and telephone with what it is for: too long for an option on a narrow page."""
        return [
            (in_words(body.names), _sentence(body.phone, in_words(body.when)))
            for body in bodies().values()
        ]


def _body_choices() -> list[SelectChoice]:
    named = [SelectChoice(body.code, in_words(body.names)) for body in bodies().values()]
    return [SelectChoice("", str(_l("Please choose"))), *named]


def _sentence(phone: str, when: str) -> str:
    return " · ".join(part for part in (phone, when) if part)


def outside_fields(event: Event) -> dict[str, Any]:
    """The further fields of a step; most have none."""
    if event is Event.REFUSE:
        return {"body": BodyField(_l("If it belongs to another authority: which?"))}
    if event is not Event.HAND_OVER:
        return {}
    long = _l("Please write no more than %(max)d characters.")
    return {
        "body": BodyField(_l("Authority")),
        "reference": StringField(
            _l("Their number for it, if there is one"),
            validators=[Optional(), Length(max=80, message=long)],
        ),
        "answer_by": DayField(_l("They answer us by, if they do"), validators=[Optional()]),
    }
