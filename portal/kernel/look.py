"""How one city looks: its colour, its emblem, its slogan, and who stands behind the site."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from portal.kernel.config import CHECKOUT, BadSetting

STATIC: Final = CHECKOUT / "static"
NUMBERS: Final = Path(__file__).with_name("data") / "registrations.tsv"
MOST_EMBLEM_BYTES: Final = 32 * 1024
# of WCAG: for text, and for the darker shade that bears small print
TEXT_CONTRAST, STRONG_CONTRAST = 4.5, 7.0
WHITE: Final = (255, 255, 255)
BLACK: Final = (0, 0, 0)

Colour = tuple[int, int, int]
_HEX = re.compile(r"#[0-9a-f]{6}\Z", re.IGNORECASE)
_EMBLEM = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*\.svg\Z")
# what an SVG may not hold: anything that runs, or that asks another address
_UNSAFE = re.compile(
    r"<!(?!--)|<\?(?!xml\s)|<\s*(?:\w+:)?(?:script|foreignobject|iframe|handler|set|animate)"
    r"|\son\w+\s*=|javascript:|@import|url\(\s*['\"]?(?!#)|href\s*=\s*['\"]?(?!['\"]?#)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Look:
    """The city's colour and emblem. ``emblem`` is a name for ``asset()``: ``city/…`` lies beside
    the city file, anything else in ``static``.
    """

    colour: str = "#0b5c61"
    emblem: str = "img/mark.svg"

    @property
    def deep(self) -> str:
        """A darker shade, for headings and small print: 7 : 1 on white."""
        base = _rgb(self.colour)
        shades = (mixed(base, BLACK, share / 100) for share in range(30, 100, 5))
        return next(hexed(s) for s in shades if contrast(s, WHITE) >= STRONG_CONTRAST)

    @property
    def soft(self) -> str:
        """A breath of the colour for grounds: the colour itself stays readable on it."""
        base = _rgb(self.colour)
        shades = (mixed(base, WHITE, share / 100) for share in range(88, 100, 2))
        good = (hexed(s) for s in shades if contrast(base, s) >= TEXT_CONTRAST)
        return next(good, "#ffffff")


@dataclass(frozen=True)
class Footer:
    """Who stands behind the site, and the numbers that the law wants on every page."""

    sponsor: Mapping[str, str] = field(default_factory=dict)
    operator: Mapping[str, str] = field(default_factory=dict)
    icp: str = ""
    police: str = ""
    site_id: str = ""
    phone: str = ""

    @property
    def police_code(self) -> str:
        """The digits alone, as the register of the police is asked for them."""
        return "".join(c for c in self.police if c.isdigit())


class _Section:
    """One section of the city file: each key is taken once, and none may be left over."""

    def __init__(self, data: Mapping[str, Any], name: str, file: Path) -> None:
        section = data.get(name, {})
        self._file, self._name = file, name
        if not isinstance(section, dict):
            raise BadSetting(f"[{name}] in {file.name}", "a section with its keys")
        self._rest = dict(section)

    def bad(self, key: str, expected: str) -> BadSetting:
        return BadSetting(f"{self._name}.{key} in {self._file.name}", expected)

    def text(self, key: str, pattern: re.Pattern[str], expected: str) -> str:
        value = self._rest.pop(key, "")
        if not isinstance(value, str) or (value and not pattern.match(value)):
            raise self.bad(key, expected)
        return value

    def names(self, key: str, languages: tuple[str, ...]) -> Mapping[str, str]:
        value = self._rest.pop(key, {})
        if not isinstance(value, dict):
            raise self.bad(key, 'a name for each language: { zh_Hans = "…", en = "…" }')
        return self._checked_names(value, f"{key}.", languages)

    def all_names(self, languages: tuple[str, ...]) -> Mapping[str, str]:
        value, self._rest = self._rest, {}
        return self._checked_names(value, "", languages)

    def _checked_names(
        self, value: dict[str, Any], at: str, languages: tuple[str, ...]
    ) -> Mapping[str, str]:
        for language, name in value.items():
            if language not in languages:
                raise self.bad(f"{at}{language}", f"one of {', '.join(languages)}")
            if not isinstance(name, str) or not 0 < len(name.strip()) <= 80:
                raise self.bad(f"{at}{language}", "one to eighty characters")
        if value and "zh_Hans" not in value:
            raise self.bad(f"{at}zh_Hans", "the Chinese words: others fall back to them")
        return dict(value)

    def end(self) -> None:
        for key in self._rest:
            raise self.bad(key, "a key that docs/operate.md knows")


def read_look(data: Mapping[str, Any], file: Path) -> Look:
    """``[look]`` of a city file. Raises BadSetting with the key and what is expected."""
    section = _Section(data, "look", file)
    colour = section.text("colour", _HEX, "a colour like #0b5c61").lower() or Look.colour
    found = contrast(_rgb(colour), WHITE)
    if found < TEXT_CONTRAST:
        raise section.bad(
            "colour",
            f"a colour dark enough for white text, contrast {TEXT_CONTRAST} : 1 or more "
            f"({colour} has {found:.2f} : 1)",
        )
    wanted = "an SVG file like img/mark.svg in static, or emblem.svg beside the city file"
    emblem = section.text("emblem", _EMBLEM, wanted)
    section.end()
    return Look(colour, _emblem(section, file, emblem) if emblem else Look.emblem)


def _emblem(section: _Section, file: Path, name: str) -> str:
    beside, shipped = file.parent / name, STATIC / name
    path = beside if beside.is_file() else shipped
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise section.bad("emblem", f"a file {beside} or {shipped}") from error
    if "<svg" not in text or len(text.encode()) > MOST_EMBLEM_BYTES:
        raise section.bad("emblem", "an SVG drawing of up to 32 KB")
    if _UNSAFE.search(text):
        raise section.bad("emblem", f"a drawing only: {path} holds a script, or asks other files")
    return f"city/{name}" if path == beside else name


def read_slogan(
    data: Mapping[str, Any], file: Path, languages: tuple[str, ...]
) -> Mapping[str, str]:
    """``[slogan]``: one line in each language."""
    return _Section(data, "slogan", file).all_names(languages)


def read_footer(data: Mapping[str, Any], file: Path, languages: tuple[str, ...]) -> Footer:
    """``[footer]``: whose site it is, and under which numbers it is registered."""
    section = _Section(data, "footer", file)
    numbers = {
        key: section.text(key, pattern, f"something like {example}")
        for key, (pattern, example) in _registrations().items()
    }
    footer = Footer(
        sponsor=section.names("sponsor", languages),
        operator=section.names("operator", languages),
        **numbers,
    )
    section.end()
    return footer


def _registrations() -> dict[str, tuple[re.Pattern[str], str]]:
    """What each number looks like, and an example of it."""
    rows = (line.split("\t") for line in NUMBERS.read_text("utf-8").splitlines())
    return {row[0]: (re.compile(rf"{row[1]}\Z"), row[2]) for row in rows if len(row) == 3}


def _rgb(colour: str) -> Colour:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue


def hexed(colour: Colour) -> str:
    """A colour as it is written in a stylesheet."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """One colour with a share of another in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def contrast(one: Colour, other: Colour) -> float:
    """How well one is read on the other: 1 to 21, as WCAG 2 counts it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
