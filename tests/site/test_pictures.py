"""The drawn pictures: a sign and a place before and after for each kind of problem."""

import csv
import re
from functools import cache
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask, render_template_string
from PIL import Image, ImageChops, ImageStat

from portal.kernel.config import CHECKOUT
from portal.kernel.photos import CleanPhoto
from portal.reports.rules.categories import FunctionGroup
from portal.reports.service.categories import DATA
from portal.site.demo.load import draw_pictures
from portal.site.demo.pictures import DATA as SCENES
from portal.site.demo.pictures import compose, draw_scene, load_scenes
from portal.site.pictograms import NONE_FITS, SPRITE, sign, signs

SVG = "{http://www.w3.org/2000/svg}"
SPRITE_FILE = CHECKOUT / "static" / SPRITE
THUMBNAIL = (120, 90)  # as small as a list shows it
TELLING = 4.0  # mean difference of 255 at that size; two looks at one picture differ by nothing
COLOURS = {"none", "currentColor", "var(--pictogram-2,currentColor)"}


def kinds(table: str = "categories.tsv") -> list[str]:
    with (DATA / table).open(encoding="utf-8", newline="") as file:
        return [row["code"] for row in csv.DictReader(file, delimiter="\t")]


@cache
def drawn(kind: str, seed: int, mended: bool) -> CleanPhoto:
    return draw_scene(kind, seed, mended=mended)


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def difference(one: CleanPhoto, other: CleanPhoto) -> float:
    """How far two pictures are apart as thumbnails."""
    small = [opened(each.picture).convert("RGB").resize(THUMBNAIL) for each in (one, other)]
    bands = ImageStat.Stat(ImageChops.difference(*small)).mean
    return sum(bands) / len(bands)


@pytest.mark.parametrize("kind", kinds())
def test_each_kind_of_problem_has_one_place_before_and_after(kind: str) -> None:
    before, after = drawn(kind, 0, False), drawn(kind, 0, True)

    for photo in (before, after):
        image, small = opened(photo.picture), opened(photo.thumbnail)
        assert (image.format, image.size, small.format) == ("JPEG", (960, 720), "JPEG")
        assert (photo.width, photo.height, small.size) == (960, 720, (400, 300))
        assert 10_000 < len(photo.picture) < 150_000
        assert not image.getexif()
    assert difference(before, after) > TELLING


def test_only_what_is_reported_has_a_scene() -> None:
    assert set(load_scenes()) == set(kinds())


def test_a_seed_draws_the_same_picture_and_another_seed_another() -> None:
    again = draw_scene("litter", 0, mended=False)

    assert again == drawn("litter", 0, False)
    looks = {draw_scene("litter", seed, mended=False).picture for seed in range(5)}
    assert len(looks) == 5


def test_before_and_after_share_the_season_the_walls_and_the_side() -> None:
    before, after = (compose("litter", 3, mended=mended) for mended in (False, True))

    pairs = enumerate(zip(before, after, strict=False))
    parting = next(at for at, (one, other) in pairs if one != other)
    assert parting > len(before) / 2, "they differ only where the trouble stands"


@pytest.mark.parametrize("mended", [False, True])
def test_every_picture_bears_the_mark_upright_and_last(mended: bool) -> None:
    mark = (SCENES / "mark.svg").read_text("utf-8")
    outline = re.findall(r' d="([^"]+)"', mark)[-1]
    for kind in kinds():
        for seed in range(3):
            text = compose(kind, seed, mended=mended)
            last = text.rindex("<g transform=")
            assert outline in text[last:]
            assert "scale(-" not in text[last : text.index(">", last)]


def test_the_demo_gets_pairs_for_every_kind_that_it_tells_of() -> None:
    pictures = draw_pictures(looks=1)

    assert set(pictures) <= set(kinds())
    assert len(pictures) > 25
    before, after = pictures["litter"][0]
    assert before == drawn("litter", 0, False)
    assert after == drawn("litter", 0, True)


@pytest.mark.parametrize("path", sorted(SCENES.glob("*.svg")), ids=lambda path: path.stem)
def test_every_fragment_is_a_drawing_and_stands_in_some_scene(path: Path) -> None:
    text = path.read_text("utf-8")
    ElementTree.fromstring(text)
    assert not re.search(r"<script|<image|<text|<style|href|url\(|@import|<!ENTITY", text)
    tables = "".join((SCENES / name).read_text("utf-8") for name in ("scenes.tsv", "backdrops.tsv"))
    assert path.stem == "mark" or re.search(rf"[\t ]{path.stem}[@ \t\n]", tables)


def test_the_sprite_is_nothing_but_shapes_in_the_colour_of_the_text() -> None:
    text = SPRITE_FILE.read_text("utf-8")
    root = ElementTree.fromstring(text)

    assert len(text.encode()) < 40_000
    assert [child.tag for child in root] == [f"{SVG}symbol"] * len(root)
    allowed = {f"{SVG}{name}" for name in ("svg", "symbol", "path", "g")}
    assert {node.tag for node in root.iter()} <= allowed
    for node in root.iter():
        assert not {name for name in node.attrib if "href" in name or name.startswith("on")}
        assert {node.get("fill", "none"), node.get("stroke", "none")} <= COLOURS
        assert not {"style", "class"} & set(node.attrib)
    for symbol in root:
        assert symbol.get("viewBox") == "0 0 48 48"
        assert len(symbol), symbol.get("id")


def test_every_kind_and_every_group_has_a_sign_of_its_own() -> None:
    assert len(set(signs())) == len(signs())
    tables = [path.name for path in DATA.glob("categories*.tsv")]
    assert len(tables) > 1, "some kinds exist in some cities only"
    everywhere = {kind for table in tables for kind in kinds(table)}
    assert everywhere | {group.value for group in FunctionGroup} <= set(signs())
    shapes = [ElementTree.tostring(symbol) for symbol in ElementTree.parse(SPRITE_FILE).getroot()]
    bodies = [re.sub(rb' id="[^"]+"', b"", shape) for shape in shapes]
    assert len(set(bodies)) == len(bodies)
    assert sign("litter") == "litter"
    assert sign("drawn-by-nobody-yet") == NONE_FITS


def test_a_sign_is_decoration_unless_words_are_given_and_absent_from_plain_text(app: Flask) -> None:
    def shown(call: str, *, plain: bool = False) -> str:
        line = '{% from "ui/pictogram.html" import pictogram with context %}{{ ' + call + " }}"
        with app.test_request_context("/"):
            return render_template_string(line, plain=plain).strip()

    assert 'aria-hidden="true"' in shown('pictogram("litter")')
    assert "#litter" in shown('pictogram("litter")')
    named = shown('pictogram("litter", "Rubbish")')
    assert 'role="img"' in named
    assert 'aria-label="Rubbish"' in named
    assert "aria-hidden" not in named
    assert f"#{NONE_FITS}" in shown('pictogram("drawn-by-nobody-yet")')
    assert shown('pictogram("litter")', plain=True) == ""
