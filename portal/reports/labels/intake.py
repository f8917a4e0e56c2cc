"""Words of the report form: its steps, why an answer is not taken, and the receipt."""

from collections.abc import Mapping

from babel.dates import get_day_names

from portal.areas.queries import PermittedRow
from portal.areas.rules import clock_text
from portal.kernel import messages
from portal.kernel.geo import System
from portal.kernel.i18n import current_language, in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from portal.reports.rules.categories import CategoryRow
from portal.reports.rules.intake import (
    Contact,
    DraftRefusal,
    IntakeRefusal,
    ReportAnswers,
    Step,
)

STEPS: Mapping[Step, Words] = {
    Step.PHOTO: _l("Photo"),
    Step.PLACE: _l("Place"),
    Step.WHAT: _l("Kind of problem"),
    Step.DETAILS: _l("Words"),
    Step.CONTACT: _l("You and your report"),
    Step.CHECK: _l("Check"),
}
CONTACTS: Mapping[Contact, Words] = {
    Contact.ACCOUNT: _l("With my account"),
    Contact.PHONE: _l("Send text messages to my phone"),
    Contact.NONE: _l("Not at all: I report anonymously and keep the receipt"),
}
ANONYMOUS: Words = _l("Nobody: the report is anonymous")
SEALED: Words = _l("Only the command centre, with a reason")
KNOWN: Words = _l(
    "The command centre, with a reason; the handling unit may be told when it needs to reach me"
)
NEVER_SHOWN: Words = _l("Never: the matter is about a person or a shop")
SHOWN: Words = _l("Yes, after a person has checked them")
NOT_SHOWN: Words = _l("No, only those who handle it")
DAYS_A_WEEK = 7
SYSTEMS: Mapping[System, Words] = {
    System.GCJ02: _l("A Chinese map app (Gaode, Tencent, WeChat, Apple)"),
    System.BD09: _l("Baidu Maps"),
    System.WGS84: _l("GPS, a camera, or a map from abroad"),
}


def who_learns(answers: ReportAnswers, category: CategoryRow | None) -> Words:
    """Who may know the reporter."""
    if answers.contact is Contact.NONE:
        return ANONYMOUS
    return SEALED if answers.sealed or (category and category.urgent) else KNOWN


def shown_to_all(answers: ReportAnswers, category: CategoryRow | None) -> Words:
    """Whether words and photos may become public."""
    if category and category.protected:
        return NEVER_SHOWN
    return SHOWN if answers.publish else NOT_SHOWN


def permitted_words(row: PermittedRow) -> str:
    """A place where stalls are lawful: its name, its hours, and its days unless it is every day."""
    words = f"{in_words(row.names)}, {clock_text(row.opens)}–{clock_text(row.closes)}"
    if len(row.weekdays) < DAYS_A_WEEK:
        names = get_day_names("abbreviated", locale=current_language())
        words += ", " + " ".join(names[int(day) - 1] for day in sorted(row.weekdays))
    return words


register(
    {
        IntakeRefusal.NO_PLACE: _l("Say where it is."),
        IntakeRefusal.UNKNOWN_PLACE: _l(
            "This place is not in our lists any more. Please choose it again."
        ),
        IntakeRefusal.SEVERAL_PLACES: _l("Several places fit. Choose yours from these:"),
        IntakeRefusal.NO_SUCH_PLACE: _l(
            "We know no place of that name. Choose the street below; your words are kept as a "
            "description."
        ),
        IntakeRefusal.OUTSIDE_CITY: _l(
            "This point lies outside our city. Please choose a place in the city, or call the "
            "12345 of the other place."
        ),
        IntakeRefusal.BAD_POINT: _l(
            "We cannot read these coordinates. Write two numbers, for example 119.959, 36.786."
        ),
        IntakeRefusal.NO_CATEGORY: _l(
            "Choose what it is. “I don’t know” at the end of the list is fine too."
        ),
        IntakeRefusal.UNKNOWN_CATEGORY: _l("This kind is not in use any more. Choose another."),
        IntakeRefusal.NO_WORDS: _l("Write in a few words what is wrong, or add a photo."),
        IntakeRefusal.NO_PLACE_WORDS: _l("Describe where it is, so that we can find it."),
        IntakeRefusal.LONG_WORDS: _l(
            "This is too long: please write no more than %(most)s characters. Nothing is lost."
        ),
        IntakeRefusal.LONG_PLACE_WORDS: _l(
            "This is too long: please write no more than %(most)s characters. Nothing is lost."
        ),
        IntakeRefusal.NO_CONTACT: _l("Choose whether and how we may tell you what happens."),
        IntakeRefusal.BAD_PHONE: _l("Enter a mobile number that can receive text messages."),
        IntakeRefusal.NO_CONSENT: _l(
            "Without your consent we may not keep your number. Tick the box, or choose another way."
        ),
        IntakeRefusal.NO_PUBLISH_CHOICE: _l("Choose who may see your words and photos."),
        IntakeRefusal.TOO_MANY: _l(
            "Many reports came from this connection. Nothing is lost: please send it again in "
            "%(minutes)s minutes, or call the hotline now."
        ),
        DraftRefusal.CHANGED_ELSEWHERE: _l(
            "This report was changed in another window meanwhile. What you entered here is kept: "
            "press the button again to use it."
        ),
        DraftRefusal.SENT_ALREADY: _l("This report has already been sent. It was not sent twice."),
        DraftRefusal.TOO_OLD: _l(
            "This draft is too old to be sent: we could not tell whether it has arrived before. "
            "Look it up, or write it anew."
        ),
    }
)
messages.register(
    {
        "report.receipt": _l(
            "We have received your report %(number)s and shall handle it by %(until)s. Follow it "
            "here: %(link)s"
        ),
        "report.receipt_days": _l(
            "We have received your report %(number)s and shall handle it within %(days)s working "
            "days. Follow it here: %(link)s"
        ),
    }
)
