"""A version of a rule, as those who publish rules type it."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from credit.labels.rulebook import RULE_CLASSES
from credit.rules.rulebook import Rule, RuleClass
from portal.accounts.labels import role_in_words
from portal.accounts.rules import roles
from portal.kernel.clock import city_day
from portal.kernel.forms import LONG, DayField, Form, WholeNumberField
from portal.kernel.i18n import lazy_gettext as _l

_NEEDED = _l("Fill this in.")
LONGEST_TEXT = 4_000


def _needed(length: int) -> list[Any]:
    return [InputRequired(_NEEDED), Length(max=length, message=LONG)]


class RuleForm(Form):
    """What a rule says. ``version``: the one that the writer saw; ``confirmed``: after the
    differences were shown."""

    version = HiddenField(default="0")
    confirmed = HiddenField()
    code = StringField(_l("Short name of the rule"), _needed(40))
    fact = StringField(_l("What is counted"), _needed(40))
    rule_class = SelectField(_l("Kind of rule"))
    title = StringField(_l("For what"), _needed(120))
    points = WholeNumberField(_l("Points each time"), [InputRequired(_NEEDED)])
    life_days = WholeNumberField(_l("For how many days they last"), [Optional()])
    source_text = TextAreaField(_l("Where it is written"), _needed(LONGEST_TEXT))
    evidence = StringField(_l("Evidence needed"), _needed(200))
    proposers = SelectMultipleField(
        _l("Who may propose it"), option_widget=CheckboxInput(), widget=ListWidget()
    )
    valid_from = DayField(_l("From which day"), [InputRequired(_NEEDED)])

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.life_days.flags.optional = self.proposers.flags.optional = True
        self.rule_class.choices = [
            SelectChoice(c.value, words) for c, words in RULE_CLASSES.items()
        ]
        self.proposers.choices = [
            SelectChoice(code, role_in_words(code)) for code, role in roles().items() if role.staff
        ]

    def rule(self, zone: ZoneInfo, now: datetime) -> Rule:
        """The version that is wished for. Today means from now: no rule reaches back (N6)."""
        day = self.valid_from.data
        begins = now if day == city_day(now, zone) else datetime.combine(day, time(), zone)
        return Rule(
            code=self.code.data or "",
            version=_number(self.version.data),
            fact=self.fact.data or "",
            rule_class=RuleClass(self.rule_class.data),
            points=self.points.data,
            life_days=self.life_days.data,
            title=self.title.data or "",
            source_text=self.source_text.data or "",
            evidence=self.evidence.data or "",
            proposers=" ".join(self.proposers.data or ()),
            valid_from=begins,
        )

    def carried(self) -> list[tuple[str, str]]:
        """Everything typed, for the page that shows the differences before it is published."""
        own = {"csrf_token", "idempotency_key", "confirmed"}
        fields = [field for field in self if field.name not in own]
        rows = [
            (field.name, str(field.data))
            for field in fields
            if field.name != "proposers" and field.data is not None
        ]
        return rows + [("proposers", code) for code in self.proposers.data or ()]


def _number(text: str | None) -> int:
    """The version that was seen; what nobody could have seen is none."""
    known = text is not None and text.isascii() and text.isdecimal() and len(text) < 9
    return int(text) if text and known else 0


def typed(rule: Rule, day: Any) -> dict[str, Any]:
    """What the form shows of the newest version."""
    return {
        "version": str(rule.version), "code": rule.code, "fact": rule.fact,
        "rule_class": rule.rule_class.value, "title": rule.title, "points": rule.points,
        "life_days": rule.life_days, "source_text": rule.source_text, "evidence": rule.evidence,
        "proposers": rule.proposers.replace(",", " ").split(), "valid_from": day,
    }  # fmt: skip
