"""Every pair of colours that meet is readable, in every scheme (R093 to R097, R103; WCAG 1.4.3/11).

Pages take colours from the tokens alone, so the pairs of tokens are the pairs of the pages.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from portal.kernel.city import load_city
from portal.kernel.config import CHECKOUT

CSS = CHECKOUT / "static" / "css"
CITIES = sorted((CHECKOUT / "portal/areas/data/cities").glob("*.toml"))
GROUNDS = ("paper", "ground")
STATES = ("warm", "good", "bad", "blue")
BODY, TEXT, EDGE = 7.0, 4.5, 3.0

Tokens = dict[str, str]
# (what stands, on what, how well it must be seen)
PAIRS: tuple[tuple[str, str, float], ...] = (
    *(("ink", ground, BODY) for ground in (*GROUNDS, "grey-soft", "brand-soft")),
    *(("ink", f"{state}-soft", BODY) for state in STATES),
    *(("ink-soft", ground, TEXT) for ground in (*GROUNDS, "grey-soft", "brand-soft")),
    *((name, ground, TEXT) for name in ("link", "link-deep", "brand", "brand-deep")
      for ground in (*GROUNDS, "brand-soft")),
    *(("link", f"{state}-soft", TEXT) for state in STATES),
    ("link", "grey-soft", TEXT),
    *((state, ground, TEXT) for state in STATES for ground in (*GROUNDS, f"{state}-soft")),
    *(("nav", ground, TEXT) for ground in GROUNDS),
    *(("on-brand", ground, TEXT) for ground in ("brand", "brand-deep")),
    ("on-bar", "bar", BODY),
    *((name, ground, EDGE) for name in ("line-strong", "accent", "brand") for ground in GROUNDS),
    *(("focus-ink", ground, EDGE) for ground in (*GROUNDS, "grey-soft", "brand-soft")),
    ("focus-ink", "focus", EDGE),
)  # fmt: skip
BLACK, WHITE, YELLOW, BLUE = "black", "white", "yellow", "blue"
# ground, text, links: R094 to R097
PRESCRIBED = {
    "black": (BLACK, YELLOW, WHITE),
    "yellow": (YELLOW, BLACK, BLUE),
    "blue": (BLUE, YELLOW, WHITE),
    "white": (WHITE, BLACK, BLUE),
}
_BLOCK = re.compile(r"([^{}]+)\{([^{}]*)\}")
_TOKEN = re.compile(r"--([\w-]+):\s*([^;]+);")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RAW = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch|lab)a?\(", re.IGNORECASE)


def blocks(sheet: str) -> Iterator[tuple[str, Tokens]]:
    """(selector, tokens that it sets) of a style sheet; what stands within @media as well."""
    for selector, body in _BLOCK.findall(_COMMENT.sub("", sheet)):
        yield " ".join(selector.split()), dict(_TOKEN.findall(body))


def tokens_of(sheet: str, selector: str) -> Tokens:
    """The tokens of one selector, of its first block (later ones are in @media)."""
    found = [tokens for name, tokens in blocks(sheet) if name == selector and tokens]
    assert found, f"no tokens for {selector}"
    return found[0]


def looks() -> Mapping[str, Tokens]:
    """The tokens of each way a page can look."""
    first = (CSS / "tokens.css").read_text("utf-8")
    modes = (CSS / "modes.css").read_text("utf-8")
    original = tokens_of(first, ":root")
    found = {"original": original}
    for scheme in PRESCRIBED:
        found[scheme] = original | tokens_of(modes, f"html.scheme-{scheme}")
    found["eye"] = original | tokens_of(modes, "html.eye.scheme-original")
    found["eye, article"] = found["eye"] | tokens_of(modes, "html.eye.scheme-original .article")
    for path in CITIES:
        look = load_city(path).look
        city = {"brand": look.colour, "brand-deep": look.deep, "brand-soft": look.soft}
        found[f"original, {path.stem}"] = original | city
    more = [tokens for name, tokens in blocks(first) if name.endswith(":root") and tokens][1:]
    for tokens in more:
        found["more contrast"] = original | tokens
    return found


def rgb(colour: str) -> tuple[float, float, float]:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    assert re.fullmatch("[0-9a-f]{6}", digits), f"not a plain colour: {colour}"
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def value(tokens: Mapping[str, str], name: str) -> str:
    """A token's colour, through ``var()``."""
    found = tokens[name].strip()
    inner = re.fullmatch(r"var\(--([\w-]+)\)", found)
    return value(tokens, inner.group(1)) if inner else found


def luminance(colour: str) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb(colour)
    ]
    return float(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def unreadable(tokens: Mapping[str, str]) -> list[str]:
    """The pairs that fall short."""
    return [
        f"{front} on {back}: {found:.2f} < {least}"
        for front, back, least in PAIRS
        if (found := contrast(value(tokens, front), value(tokens, back))) < least
    ]


def colour_word(colour: str) -> str:
    """Black, white, yellow or blue: what somebody would call it."""
    red, green, blue = rgb(colour)
    if max(red, green, blue) < 0.15:
        return BLACK
    if min(red, green, blue) > 0.9:
        return WHITE
    if red > 0.9 and green > 0.8 and blue < 0.3:
        return YELLOW
    if blue > 0.4 and red < 0.2 and green < 0.3:
        return BLUE
    return f"neither ({colour})"


@pytest.mark.parametrize("look", looks())
def test_every_pair_of_colours_is_readable(look: str) -> None:
    assert unreadable(looks()[look]) == []


@pytest.mark.parametrize("scheme", PRESCRIBED)
def test_r094_to_r097_ground_text_and_links_are_the_prescribed_ones(scheme: str) -> None:
    tokens = looks()[scheme]
    ground, text, links = PRESCRIBED[scheme]
    assert {colour_word(value(tokens, name)) for name in GROUNDS} == {ground}
    assert {colour_word(value(tokens, name)) for name in ("ink", "ink-soft", *STATES)} == {text}
    assert {colour_word(value(tokens, name)) for name in ("link", "link-deep", "nav")} == {links}


def test_r103_the_eye_care_ground_is_a_soft_green() -> None:
    for look in ("eye", "eye, article"):
        red, green, blue = rgb(value(looks()[look], "ground"))
        assert green > red
        assert green > blue
        assert green < 0.96, "soft, not glaring"


def test_a_scheme_leaves_no_colour_of_the_original_behind() -> None:
    original = looks()["original"]
    coloured = {name for name, text in original.items() if text.startswith(("#", "var(--"))}
    # what is read by machines, or drawn over a photo, is the same in every scheme
    coloured -= {"scan-ground", "cover", "on-cover"}
    modes = (CSS / "modes.css").read_text("utf-8")
    for scheme in PRESCRIBED:
        assert coloured - set(tokens_of(modes, f"html.scheme-{scheme}")) == set(), scheme


@pytest.mark.parametrize("scheme", PRESCRIBED)
def test_what_the_browser_draws_itself_follows(scheme: str) -> None:
    """Radios, scroll bars and drop-down lists are light or dark as the ground is."""
    modes = _COMMENT.sub("", (CSS / "modes.css").read_text("utf-8"))
    (body,) = re.findall(rf"html\.scheme-{scheme} \{{([^}}]*)\}}", modes)
    dark = luminance(value(looks()[scheme], "ground")) < 0.2
    assert f"color-scheme: {'dark' if dark else 'light'};" in body
    assert "accent-color: var(--brand)" in (CSS / "base.css").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "bad", "pair"),
    [
        ("ink-soft", "#8a8f90", "ink-soft on paper"),
        ("line-strong", "#c9c9c9", "line-strong on paper"),
        ("link", "#5aa3a8", "link on ground"),
        ("good-soft", "#1b5030", "good on good-soft"),
    ],
)
def test_a_planted_bad_pair_is_found(name: str, bad: str, pair: str) -> None:
    found = unreadable(looks()["original"] | {name: bad})
    assert [fault for fault in found if fault.startswith(pair)]


def test_pages_take_their_colours_from_the_tokens_alone() -> None:
    own = {"tokens.css", "modes.css", "print.css"}
    sheets: list[Path] = [path for path in CSS.glob("*.css") if path.name not in own]
    raw = [
        f"{path.name}: {line.strip()[:80]}"
        for path in sheets
        for line in _COMMENT.sub("", path.read_text("utf-8")).splitlines()
        if _RAW.search(line)
    ]
    assert raw == []
