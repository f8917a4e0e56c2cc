"""What every template may use, and the display choices that live in cookies."""

from typing import Any

from babel.numbers import format_decimal, format_percent
from flask import Flask, Response, g, request

from portal.accounts.rules import Permission
from portal.kernel.i18n import COOKIE, HTML_LANG, LANGUAGES, NAMES, current_language, in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.web import instance
from portal.site import display, navigation
from portal.site.dates import day, moment, printed_day, short_day
from portal.site.navigation import endpoint_exists, known_actor, page_exists, this_page
from portal.site.pictograms import sign
from portal.site.security import nonce

# embeddings, overrides and isolates of Unicode's bidirectional algorithm
TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def init_app(app: Flask) -> None:
    """Add filters, variables and the language cookie."""
    app.add_template_filter(moment)
    app.add_template_filter(day)
    app.add_template_filter(short_day)
    app.add_template_filter(printed_day)
    app.add_template_filter(in_words)
    app.add_template_filter(number)
    app.add_template_filter(percent)
    app.add_template_filter(one_way)
    app.add_template_global(navigation.trail, "trail")
    app.add_template_global(sign)
    app.add_template_global(page_exists)
    app.add_template_global(endpoint_exists)
    app.add_template_global(Permission, "Permission")
    app.context_processor(variables)
    app.after_request(remember_language)
    app.after_request(remember_offer)


def variables() -> dict[str, Any]:
    """The names that ``base.html`` and the macros rely on."""
    city = instance().city
    language = current_language()
    back = navigation.way_back()
    return {
        "actor": known_actor(),
        "city": city,
        "language": language,
        "html_lang": HTML_LANG[language],
        "site_name": f"{in_words(city.names)}{_brand()}",
        "nonce": nonce(),
        "here": request.full_path.rstrip("?") if request.method == "GET" else request.path,
        "languages": [
            (HTML_LANG[code], NAMES[code], this_page(lang=code)) for code in city.languages
        ],
        "main_nav": navigation.main_links(),
        "thumb_nav": navigation.thumb_links(),
        "footer_nav": navigation.footer_links(),
        **_display(back),
    }


def _display(back: str) -> dict[str, Any]:
    """What the reader chose, and the links that change it."""
    return {
        "display_classes": display.classes(),
        "plain": display.is_on("plain"),
        "elder": display.is_on("elder"),
        "elder_switch": display.switch("elder", back),
        "elder_refusal": display.link(back, go=display.ON, elder=display.OFF),
        "accessibility_url": display.link(back),
        # with the fragment the keyboard is back at the bar, and can go one step further
        "tools": display.tools(f"{back}#tools") if display.bar_shown() else None,
        "elder_offer": offer_elder_mode,
    }


def offer_elder_mode() -> bool:
    """Whether to offer elder mode on this page; asked by the template that then does so."""
    g.elder_offered = display.may_offer()
    return bool(g.elder_offered)


def remember_offer(response: Response) -> Response:
    """What was offered is not offered again."""
    if g.get("elder_offered") and response.status_code == 200:
        display.keep(response, display.OFFERED, display.ON)
    return response


def _brand() -> str:
    return f" {_l('Gongzhi')}" if current_language() == "en" else str(_l("Gongzhi"))


def remember_language(response: Response) -> Response:
    """A language that was asked for by link is kept: a display cookie, no more."""
    asked = request.args.get("lang")
    # browsers ask anew for the worker, in the language it was registered in: nobody chose that
    page = response.mimetype == "text/html"
    if page and asked in LANGUAGES and asked != request.cookies.get(COOKIE):
        display.keep(response, COOKIE, asked)
    return response


def number(value: float) -> str:
    """A number as people write it."""
    return format_decimal(value, locale=current_language())


def percent(value: float) -> str:
    """A share (0 to 1) in whole per cent."""
    return format_percent(value, locale=current_language())


def one_way(text: str) -> str:
    """Without the letters that turn what follows: a title has no markup to keep them in."""
    return text.translate(TURNS)
