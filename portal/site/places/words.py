"""How places speak: levels, hours and days in the reader's language."""

from collections.abc import Iterable

from babel.dates import get_day_names

from portal.areas.rules import Tag, clock_text
from portal.kernel.i18n import current_language, in_words
from portal.kernel.i18n import gettext as _
from portal.kernel.web import instance
from portal.kernel.words import say

ALL_DAYS = "1234567"


def level_name(code: str) -> str:
    """What a level is called here, e.g. ``community`` in the reader's language."""
    levels = {level.code: level for level in instance().city.levels}
    return in_words(levels[code].names) if code in levels else code


def day_names() -> list[tuple[str, str]]:
    """("1", Monday) … ("7", Sunday)."""
    names = get_day_names("abbreviated", locale=current_language())
    return [(str(number + 1), names[number]) for number in range(7)]


def days_in_words(weekdays: Iterable[str]) -> str:
    """Which days, short."""
    chosen = set(weekdays)
    if chosen == set(ALL_DAYS):
        return str(_("every day"))
    return " ".join(name for number, name in day_names() if number in chosen)


def tags_in_words(tags: Iterable[Tag]) -> str:
    """All tags of a place, in a line."""
    return " · ".join(say(tag) for tag in sorted(tags))


def hours_in_words(opens: int, closes: int) -> str:
    """From when until when; after midnight it is the next day."""
    if closes <= opens:
        start, end = clock_text(opens), clock_text(closes)
        return str(_("%(start)s to %(end)s the next day", start=start, end=end))
    return f"{clock_text(opens)}–{clock_text(closes)}"
