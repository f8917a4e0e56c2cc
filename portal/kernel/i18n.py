"""Languages: English in the source, zh_Hans by default, chosen by link and kept in a cookie."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, tzinfo
from typing import Any

from babel.dates import format_skeleton
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel, force_locale, get_locale, get_translations
from flask_babel.speaklater import LazyString

from portal.kernel.city import LANGUAGES

__all__ = ["LANGUAGES"]

COOKIE = "lang"
HTML_LANG = {"zh_Hans": "zh-Hans", "zh_Hant": "zh-Hant", "en": "en"}
NAMES = {"zh_Hans": "简体", "zh_Hant": "繁體", "en": "English"}
babel = Babel()


def init_app(app: Flask, zone: tzinfo) -> None:
    """Speak the reader's language in the city's time."""
    babel.init_app(app, locale_selector=chosen_language, timezone_selector=lambda: zone)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of jinja2.ext.i18n
        gettext=lambda text: _catalogue().ugettext(text),
        ngettext=lambda one, many, count: _catalogue().ungettext(one, many, count),
        newstyle=True,
    )


def _catalogue() -> Any:
    """The texts of the language in force, found once a request: a page asks hundreds of times."""
    if not g:
        return get_translations()
    found = g.get("catalogue")
    if found is None:
        found = g.catalogue = get_translations()
    return found


def gettext(text: str, /, **values: Any) -> str:
    """A text in the language in force, with its values."""
    said: str = _catalogue().ugettext(text)
    return said % values if values else said


def ngettext(one: str, many: str, num: int, /, **values: Any) -> str:
    """A text that depends on a number, which it knows as ``num``."""
    said: str = _catalogue().ungettext(one, many, num)
    return said % {"num": num, **values}


def lazy_gettext(text: str, /, **values: Any) -> LazyString:
    """A text that is looked up whenever it is shown."""
    return LazyString(gettext, text, **values)


def chosen_language() -> str:
    """The language of this request: what was just asked for, the cookie, or the default.

    The browser's Accept-Language is not asked: many phones sold here say ``en-US``.
    """
    if not has_request_context():
        return str(current_app.config["BABEL_DEFAULT_LOCALE"])
    if "language" not in g:
        asked = request.args.get("lang") or request.cookies.get(COOKIE)
        default = str(current_app.config["BABEL_DEFAULT_LOCALE"])
        g.language = asked if asked in LANGUAGES else default
    return str(g.language)


def current_language() -> str:
    """The code of the language now in force (also inside ``in_language``)."""
    return str(get_locale() or chosen_language())


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Speak another language for a while, e.g. to write a message to somebody."""
    with force_locale(language if language in LANGUAGES else "zh_Hans"):
        aside = g.pop("catalogue", None) if g else None
        try:
            yield
        finally:
            if g:
                g.catalogue = aside


def in_words(names: Mapping[str, str]) -> str:
    """The entry of a table of names for the current language, or the Chinese one."""
    return names.get(current_language()) or names.get("zh_Hans") or next(iter(names.values()), "")


def days_in_words(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a sentence, its days said as people say them, with their year."""
    return {name: _day_in_words(fact) for name, fact in facts.items()}


def _day_in_words(fact: Any) -> Any:
    if isinstance(fact, date) and not isinstance(fact, datetime):
        return format_skeleton("yMMMd", fact, locale=current_language())
    return fact
