"""How a page looks to one reader: text size and colour scheme, by link, kept in a cookie."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for

from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.web import instance
from portal.kernel.words import Words

YEAR = 31_536_000

# argument and cookie name → value → words; the first value is the default
CHOICES: Mapping[str, Mapping[str, Words]] = {
    "text": {
        "1": _l("Normal"),
        "2": _l("Large"),
        "3": _l("Very large"),
        "4": _l("Largest"),
    },
    "scheme": {
        "normal": _l("Normal colours"),
        "contrast": _l("High contrast: light letters on black"),
    },
}

TITLES: Mapping[str, Words] = {"text": _l("Size of the text"), "scheme": _l("Colours")}


def asked(name: str) -> str | None:
    """What this request's link asks for, when it is one of the choices."""
    value = request.args.get(name)
    return value if value in CHOICES[name] else None


def chosen(name: str) -> str:
    """The reader's choice: this very request's, the cookie's, or the default."""
    if request.endpoint == "site.accessibility" and (value := asked(name)):
        return value
    kept = request.cookies.get(name)
    return kept if kept and kept in CHOICES[name] else next(iter(CHOICES[name]))


def keep(response: Response, name: str, value: str) -> None:
    """Set a display cookie: it says how to draw, and nothing about who reads."""
    response.set_cookie(
        name,
        value,
        max_age=YEAR,
        secure=instance().config.secure,
        httponly=True,
        samesite="Lax",
    )


def options(back: str) -> list[tuple[str, Words, list[tuple[Words, str, bool]]]]:
    """(name, title, [(words, link, chosen now)]) of every choice."""
    return [
        (
            name,
            TITLES[name],
            [
                (words, _link({name: value}, back), value == chosen(name))
                for value, words in values.items()
            ],
        )
        for name, values in CHOICES.items()
    ]


def usual(back: str) -> str:
    """The link that undoes every choice."""
    return _link({name: next(iter(values)) for name, values in CHOICES.items()}, back)


def _link(wanted: Mapping[str, Any], back: str) -> str:
    return url_for("site.accessibility", back=back, **wanted)
