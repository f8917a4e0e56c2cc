"""Drawn pictures for the demo: each kind of problem as one place before and after, marked 示意图.

The drawings and what stands where are data (``portal/site/data/scenes``): fragments of SVG, and
tables that put them together. A seed chooses the season, the walls, the clothes, the sky and which
way round; the same seed gives the same place, with or without the trouble.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from portal.kernel.photos import CleanPhoto

try:
    import pyvips
except (ImportError, OSError):  # no wheel for this machine: the demo does without pictures
    pyvips = None

DATA = Path(__file__).resolve().parents[1] / "data" / "scenes"
WIDTH, HEIGHT = 960, 720
THUMBNAIL_SIDE = 400
QUALITY = 82
SWAPPED = ("season", "walls", "clothes")
UPRIGHT = ("sign-", "mark")  # what bears writing is never mirrored
MARK = "mark@872,682,.92"
_COLOUR = re.compile(r"#[0-9a-f]{6}\b")
_VIEW_BOX = re.compile(r'<svg [^>]*viewBox="(\S+) (\S+) (\S+) (\S+)">')


@dataclass(frozen=True)
class Layer:
    """A fragment, where its foot stands, and how large it is."""

    name: str
    x: float = 0
    y: float = 0
    scale: float = 1


@dataclass(frozen=True)
class Scene:
    """One place: what is always there, and what differs before and after."""

    backdrop: str
    light: str
    behind: tuple[Layer, ...]
    before: tuple[Layer, ...]
    after: tuple[Layer, ...]
    front: tuple[Layer, ...]


@dataclass(frozen=True)
class Look:
    """What a seed chose."""

    colours: Mapping[str, str]
    sky: tuple[str, str]
    tint: tuple[str, str]  # colour and strength
    mirrored: bool
    backdrop: tuple[Layer, ...]


def can_draw() -> bool:
    """Whether this machine has what the drawing needs."""
    return pyvips is not None


def draw_sheet(lines: int = 14) -> CleanPhoto:
    """A sheet of paper with lines that somebody filled in, unreadable."""
    rng = Random("sheet")  # noqa: S311  a drawing, no secret
    parts = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#b9b2a4"/>',
             '<rect x="160" y="20" width="640" height="680" fill="#fdfcf7"/>']  # fmt: skip
    for at in range(lines):
        y = 80 + at * 42
        parts.append(f'<path d="M200 {y}H760" stroke="#9aa3ab" stroke-width="1.5"/>')
        for x in (220, 470):
            bends = " ".join(f"q9 {rng.randint(-22, 6)} 18 0" for _ in range(rng.randint(3, 6)))
            parts.append(f'<path d="M{x} {y - 8}{bends}" fill="none" stroke="#27456b"'
                         ' stroke-width="3"/>')  # fmt: skip
    return _photo(_framed("".join(parts)))


def _framed(drawing: str) -> str:
    size = f'width="{WIDTH}" height="{HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{drawing}</svg>'


def draw_scene(category: str, seed: int, *, mended: bool) -> CleanPhoto:
    """The photo of one state, with its thumbnail, as the portal keeps photos."""
    return _photo(compose(category, seed, mended=mended))


def _photo(drawing: str) -> CleanPhoto:
    image = pyvips.Image.svgload_buffer(drawing.encode())
    image = image.flatten(background=[255, 255, 255]).copy_memory()
    small = image.thumbnail_image(THUMBNAIL_SIDE, height=THUMBNAIL_SIDE)
    saving: dict[str, Any] = {"Q": QUALITY, "keep": "none", "optimize_coding": True}
    return CleanPhoto(
        image.jpegsave_buffer(**saving), small.jpegsave_buffer(**saving), image.width, image.height
    )


def compose(category: str, seed: int, *, mended: bool) -> str:
    """The scene as one SVG."""
    scene = load_scenes()[category]
    look = _look(scene, Random(f"{category} {seed}"))  # noqa: S311  a drawing, no secret
    changing = scene.after if mended else scene.before
    sheet = f'<rect width="{WIDTH}" height="{HEIGHT}"'
    veil = f'{sheet} fill="{look.tint[0]}" opacity="{look.tint[1]}"/>'
    under_the_lamps = scene.light == "night"
    parts = [
        f'{sheet} fill="url(#sky)"/>',
        *_drawn((*look.backdrop, *scene.behind), look),
        veil if under_the_lamps else "",
        *_drawn((*changing, *scene.front), look),
        "" if under_the_lamps else veil,
        *_drawn(_layers(MARK), look, upright=True),
    ]
    return _framed(
        '<linearGradient id="sky" x2="0" y2="1">'
        f'<stop stop-color="{look.sky[0]}"/><stop offset=".7" stop-color="{look.sky[1]}"/>'
        f"</linearGradient>{''.join(parts)}"
    )


def _look(scene: Scene, rng: Random) -> Look:
    colours: dict[str, str] = {}
    for kind in SWAPPED:
        for pair in rng.choice(_looks()[kind]).split():
            old, _, new = pair.partition("=")
            colours[old] = new
    above, below, *veil = rng.choice(_looks()[f"sky {scene.light}"]).split()
    return Look(
        colours=colours,
        sky=(above, below),
        tint=(veil[0], veil[1]) if veil else ("none", "0"),
        mirrored=rng.random() < 0.5,
        backdrop=rng.choice(_backdrops()[scene.backdrop]),
    )


def _drawn(layers: tuple[Layer, ...], look: Look, *, upright: bool = False) -> Iterator[str]:
    for layer in layers:
        text, left, top = _fragment(layer.name)
        text = _COLOUR.sub(lambda found: look.colours.get(found[0], found[0]), text)
        x, turn = layer.x, 1
        if look.mirrored and not upright:
            x = WIDTH - x
            turn = 1 if layer.name.startswith(UPRIGHT) else -1
        yield (
            f'<g transform="translate({x:g} {layer.y:g}) scale({turn * layer.scale:g} '
            f'{layer.scale:g}) translate({left} {top})">{text}</g>'
        )


@cache
def _fragment(name: str) -> tuple[str, str, str]:
    """A fragment's text, ready to stand inside another drawing, and its left and upper edge."""
    text = (DATA / f"{name}.svg").read_text("utf-8")
    found = _VIEW_BOX.match(text)
    if found is None:
        raise ValueError(f"{name}.svg does not begin with <svg … viewBox=…>")
    left, top, width, height = found.groups()
    opening = (
        f'<svg viewBox="{left} {top} {width} {height}" width="{width}" height="{height}"'
        ' overflow="visible">'
    )
    return opening + text[found.end() :], left, top


@cache
def load_scenes() -> Mapping[str, Scene]:
    """The scene of each category."""
    return {
        row["category"]: Scene(
            backdrop=row["backdrop"],
            light=row["light"],
            **{part: _layers(row[part]) for part in ("behind", "before", "after", "front")},
        )
        for row in _rows("scenes.tsv")
    }


@cache
def _backdrops() -> Mapping[str, list[tuple[Layer, ...]]]:
    found: dict[str, list[tuple[Layer, ...]]] = {}
    for row in _rows("backdrops.tsv"):
        found.setdefault(row["name"], []).append(_layers(row["layers"]))
    return found


@cache
def _looks() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in _rows("looks.tsv"):
        found.setdefault(row["kind"], []).append(row["value"])
    return found


def _layers(text: str) -> tuple[Layer, ...]:
    """``lamp@330,560,1.25 bench@…`` as layers."""
    return tuple(_layer(*part.partition("@")[::2]) for part in text.split())


def _layer(name: str, place: str) -> Layer:
    return Layer(name, *(float(value) for value in place.split(",") if value))


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        yield from csv.DictReader(lines, delimiter="\t")
