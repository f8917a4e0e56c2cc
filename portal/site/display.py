"""How a page looks to one reader: size, colours, plain text, elder mode; by link, in cookies."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from flask import Response, request, url_for

from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import local_path
from portal.kernel.web import instance
from portal.kernel.words import Words

YEAR: Final = 31_536_000
PAGE: Final = "site.accessibility"
# pages that look as their address says; only the first keeps it in cookies
ASKING: Final = frozenset({PAGE, "parts.index", "parts.section"})
# above this the way back forgets the page's arguments: it stands in many links of one page
LONGEST_WAY_BACK: Final = 600
ON, OFF = "1", "0"

# the cookie of the aids that need a script (aids.js writes it), and of the offer made once
AIDS: Final = "aids"
OFFERED: Final = "offered"


class Choice(NamedTuple):
    """One thing a reader may choose. ``usual`` is how pages look to somebody who chose nothing."""

    title: Words
    values: Mapping[str, Words]
    usual: str


SWITCH: Final[Mapping[str, Words]] = {OFF: _l("Off"), ON: _l("On")}

# argument and cookie name → the choice
CHOICES: Final[Mapping[str, Choice]] = {
    "text": Choice(
        _l("Size of the text"),
        {
            "1": _l("Small"),
            "2": _l("Normal"),
            "3": _l("Large"),
            "4": _l("Very large"),
            "5": _l("Huge"),
            "6": _l("Largest"),
        },
        "2",
    ),
    "scheme": Choice(
        _l("Colours"),
        {
            "original": _l("Original colours"),
            "black": _l("Black, yellow letters, white links"),
            "yellow": _l("Yellow, black letters, blue links"),
            "blue": _l("Blue, yellow letters, white links"),
            "white": _l("White, black letters, blue links"),
        },
        "original",
    ),
    "eye": Choice(_l("Eye-care colour"), SWITCH, OFF),
    "plain": Choice(_l("Plain text"), SWITCH, OFF),
    "elder": Choice(_l("Elder mode"), SWITCH, OFF),
    "bar": Choice(_l("Tools on every page"), SWITCH, OFF),
}
# elder mode has its own switch on every page, and fewer things on it
WITHOUT_BAR: Final = frozenset({"elder"})


# the schemes' first words, for the narrow bar: each begins its long name in every language
SHORT: Final[Mapping[str, Words]] = {
    "original": _l("Original"),
    "black": _l("Black"),
    "yellow": _l("Yellow"),
    "blue": _l("Blue"),
    "white": _l("White"),
}


class Tool(NamedTuple):
    """A link of the accessibility bar. No ``url``: there is nothing further that way."""

    name: str
    words: Words
    url: str | None
    now: bool = False
    short: Words | None = None


class Tools(NamedTuple):
    """What the accessibility bar and its page offer."""

    sizes: list[Tool]
    schemes: list[Tool]
    switches: list[Tool]
    leave: str


def asked(name: str) -> str | None:
    """What this request's link asks for, when it is one of the choices."""
    if request.endpoint not in ASKING:
        return None
    if "leave" in request.args and request.endpoint == PAGE:
        return CHOICES[name].usual
    value = request.args.get(name)
    return value if value in CHOICES[name].values else None


def chosen(name: str) -> str:
    """The reader's choice: this very request's, the cookie's, or the usual."""
    kept = asked(name) or request.cookies.get(name)
    return kept if kept and kept in CHOICES[name].values else CHOICES[name].usual


def is_on(name: str) -> bool:
    """Whether a mode is switched on."""
    return chosen(name) == ON


def classes() -> str:
    """The classes of ``<html>``: what the style sheets follow."""
    names = [f"text-{chosen('text')}", f"scheme-{chosen('scheme')}"]
    return " ".join((*names, *(name for name in ("eye", "elder") if is_on(name))))


def bar_shown() -> bool:
    """Whether the tools stand on this page: for those who use one, not beside the tools' page."""
    if request.endpoint == PAGE:
        return False
    others = (name for name in CHOICES if name not in WITHOUT_BAR)
    return bool(request.cookies.get(AIDS)) or any(
        chosen(name) != CHOICES[name].usual for name in others
    )


def may_offer() -> bool:
    """Whether this is the first page that this reader opens here: elder mode is offered once."""
    if request.method != "GET" or request.endpoint in {None, PAGE} or is_on("plain"):
        return False
    return not {"elder", OFFERED} & set(request.cookies)


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


def keep_asked(response: Response) -> Response:
    """Remember what the link asked for; leaving forgets everything."""
    leaving = "leave" in request.args
    for name in CHOICES:
        value = asked(name)
        if leaving:
            response.delete_cookie(name, secure=instance().config.secure, samesite="Lax")
        elif value:
            keep(response, name, value)
    if leaving:
        response.delete_cookie(AIDS, secure=instance().config.secure, samesite="Lax")
        keep(response, OFFERED, ON)
    return response


def this_place() -> str:
    """Where a display link leads back to: this page, or the first one when it cannot be opened."""
    if request.endpoint == PAGE:
        return url_for(PAGE, back=local_path(request.args.get("back")))
    if request.endpoint is None:
        return "/"
    whole = request.full_path.rstrip("?")
    return whole if request.method == "GET" and len(whole) <= LONGEST_WAY_BACK else request.path


def link(back: str, **wanted: Any) -> str:
    """The address that sets choices; with ``go`` among them it leads straight back."""
    return url_for(PAGE, **wanted, back=back)


def switch(name: str, back: str) -> str:
    """The link that turns a mode on or off, and comes back to the page."""
    return link(back, go=ON, **{name: OFF if is_on(name) else ON})


def tools(back: str, *, whole: bool = False) -> Tools:
    """The accessibility bar's links for this reader; ``whole``: those of its page, which stay."""
    extra: dict[str, Any] = {} if whole else {"go": ON}
    schemes = [
        Tool(
            f"scheme-{value}",
            words,
            link(back, scheme=value, eye=OFF, **extra),
            value == chosen("scheme"),
            SHORT[value],
        )
        for value, words in CHOICES["scheme"].values.items()
    ]
    return Tools(
        sizes=list(_sizes(back, extra)),
        schemes=schemes,
        switches=list(_switches(back, extra, whole=whole)),
        # the bar is gone then, and with it the place that a fragment would name
        leave=url_for(PAGE, leave=ON, back=back.partition("#")[0], **extra),
    )


def _sizes(back: str, extra: Mapping[str, Any]) -> Iterator[Tool]:
    """A step up and a step down; at the end the words say so."""
    steps = list(CHOICES["text"].values)
    here = steps.index(chosen("text"))
    ways = (
        ("larger", 1, _l("Larger"), _l("This is the largest")),
        ("smaller", -1, _l("Smaller"), _l("This is the smallest")),
    )
    for name, step, words, at_the_end in ways:
        if 0 <= here + step < len(steps):
            yield Tool(name, words, link(back, text=steps[here + step], **extra))
        else:
            yield Tool(name, at_the_end, None)


def _switches(back: str, extra: Mapping[str, Any], *, whole: bool) -> Iterator[Tool]:
    for name in ("eye", "plain", "elder", "bar") if whole else ("eye", "plain"):
        wanted = {name: OFF if is_on(name) else ON, **extra}
        if name == "eye" and not is_on(name):
            wanted["scheme"] = "original"  # a colour scheme of its own would cover it
        yield Tool(name, CHOICES[name].title, link(back, **wanted), is_on(name))
