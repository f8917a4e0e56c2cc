"""Words around the finer kinds: why an answer is not taken, whom to call, what the trade says."""

from collections.abc import Mapping
from typing import Any

from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from portal.reports.queries.answers import AnswerRow
from portal.reports.queries.kinds import class_names
from portal.reports.rules.emergency import Emergency
from portal.reports.rules.kinds import (
    NO,
    YES,
    AnswerRefusal,
    Asked,
    Question,
    RequestKind,
    TradeCodes,
)
from portal.reports.rules.zones import ZoneRule

REQUESTS: Mapping[RequestKind, Words] = {
    RequestKind.ENQUIRY: _l("enquiry"),
    RequestKind.HELP: _l("request for help"),
    RequestKind.COMPLAINT: _l("complaint"),
    RequestKind.REPORT: _l("report of a breach"),
    RequestKind.SUGGESTION: _l("suggestion"),
    RequestKind.THANKS: _l("thanks"),
    RequestKind.OTHER: _l("other"),
}
EMERGENCIES: Mapping[Emergency, Words] = {
    Emergency.FIRE: _l("Fire or explosion: leave, do not use the lift, and call."),
    Emergency.GAS: _l("Smell of gas: touch no switch, go outside, and call from there."),
    Emergency.MEDICAL: _l("Somebody is hurt or ill: call an ambulance."),
    Emergency.WATER: _l("Somebody is in the water: call, and do not jump in."),
    Emergency.TRAPPED: _l("Somebody is trapped: call the fire brigade."),
    Emergency.CRIME: _l("Somebody is in danger from others, or from herself: call the police."),
    Emergency.TRAFFIC: _l("A road accident: call the traffic police."),
}
NUMBERS: Mapping[str, Words] = {
    "110": _l("police"),
    "119": _l("fire brigade"),
    "120": _l("ambulance"),
    "122": _l("traffic police"),
}
GAS_COMPANY: Words = _l("gas company")
ZONES: Mapping[ZoneRule, Words] = {
    ZoneRule.NO_BURNING: _l("No burning"),
    ZoneRule.NO_LIVESTOCK: _l("No livestock"),
    ZoneRule.NO_FIREWORKS: _l("No fireworks"),
}


def number_words(number: str) -> str:
    """Who answers a number; what is none of the short ones is the gas company's."""
    return str(NUMBERS.get(number, GAS_COMPANY))


def question_words(question: Question) -> str:
    """A question in the reader's language."""
    return str(in_words(question.names))


def answer_words(question: Question, value: str) -> str:
    """An answer as people read it."""
    if question.asked is Asked.YES_NO:
        return str({YES: _("Yes"), NO: _("No")}.get(value, value))
    if question.asked is Asked.TIME:
        return value.replace("T", " ")
    if question.asked is Asked.NUMBER and question.key == "area_m2":
        return str(_("%(n)s m²", n=value))
    names = next((each.names for each in question.choices if each.code == value), None)
    return str(in_words(names)) if names else value


def answer_rows(rows: list[AnswerRow]) -> list[tuple[str, str]]:
    """Questions and answers in words."""
    return [(question_words(row.question), answer_words(row.question, row.value)) for row in rows]


def trade_words(codes: TradeCodes) -> list[tuple[str, str]]:
    """The codes of the trade with the trade's own names, and the hotline's kind."""
    names = class_names()
    found: list[tuple[str, Any]] = [
        (words, "、".join(f"{code} {names.get((kind, code), '')}".strip() for code in some))
        for kind, words, some in (
            ("event", _("Event class"), codes.events),
            ("component", _("Component class"), codes.components),
        )
        if some
    ]
    kinds = " · ".join(str(REQUESTS[kind]) for kind in codes.requests)
    return [*found, (_("Kind for the hotline"), kinds)]


register(
    {
        AnswerRefusal.MISSING: _l("Please answer this."),
        AnswerRefusal.UNKNOWN_CHOICE: _l("This is no longer offered. Please choose again."),
        AnswerRefusal.NO_NUMBER: _l("Write a number, for example 12 or 12.5."),
        AnswerRefusal.NO_TIME: _l("Write a day and a time, for example 2026-11-29 14:30."),
        AnswerRefusal.NOT_YET: _l("This time is still to come. Write when you saw it."),
        AnswerRefusal.NO_PLATE: _l("Write the plate, or its last signs: only letters and digits."),
        AnswerRefusal.TOO_LONG: _l("This is too long: at most 100 characters, please."),
    }
)
register(ZONES)
