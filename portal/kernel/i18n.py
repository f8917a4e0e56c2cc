"""Languages: English in the source, zh_Hans by default, chosen by link and kept in a cookie."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import current_app, g, has_request_context, request
from flask_babel import Babel, force_locale, get_locale, gettext, lazy_gettext, ngettext, pgettext

from portal.kernel.city import LANGUAGES

__all__ = ["LANGUAGES", "gettext", "lazy_gettext", "ngettext", "pgettext"]

COOKIE = "lang"
HTML_LANG = {"zh_Hans": "zh-Hans", "zh_Hant": "zh-Hant", "en": "en"}
NAMES = {"zh_Hans": "简体", "zh_Hant": "繁體", "en": "English"}
babel = Babel()


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
        yield


def in_words(names: Mapping[str, str]) -> str:
    """The entry of a table of names for the current language, or the Chinese one."""
    return names.get(current_language()) or names.get("zh_Hans") or next(iter(names.values()), "")
