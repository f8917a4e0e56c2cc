"""A city's look is data: what cannot be meant stops the start with its name."""

from dataclasses import replace
from pathlib import Path

import pytest

from portal.kernel.city import City, load_city
from portal.kernel.config import DEFAULT_CITY, BadSetting
from portal.kernel.look import WHITE, Look, contrast

SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'
PLAIN = """
code = "kleine"
roots = ["370283"]
levels = [{ code = "city", names = { zh_Hans = "市" } }]
[names]
zh_Hans = "小市"
"""


def city_of(tmp_path: Path, more: str, emblem: str | None = None) -> City:
    """A small city with further lines in its file, and perhaps an emblem beside it."""
    file = tmp_path / "kleine.toml"
    file.write_text(PLAIN + more, "utf-8")
    if emblem is not None:
        (tmp_path / "emblem.svg").write_text(emblem, "utf-8")
    return load_city(file)


def rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def test_the_demo_city_has_a_look_a_slogan_and_a_footer_that_says_it_is_a_demo() -> None:
    city = load_city(DEFAULT_CITY)
    assert city.slogan["zh_Hans"] == "人民城市人民管，管好城市为人民"
    assert city.slogan["zh_Hant"] == "人民城市人民管，管好城市為人民"
    assert "演示" in city.footer.sponsor["zh_Hans"]
    assert "演示" in city.footer.operator["zh_Hans"]
    assert city.footer.police_code == "37028300000000"
    assert city.look.emblem.startswith("img/")


def test_every_shipped_city_loads() -> None:
    for file in sorted(DEFAULT_CITY.parent.glob("*.toml")):
        assert load_city(file).look.colour


def test_a_city_without_a_look_gets_the_houses_own(tmp_path: Path) -> None:
    city = city_of(tmp_path, "")
    assert city.look == Look()
    assert city.slogan == {}
    assert city.footer.icp == ""


def test_contrast_is_counted_as_wcag_counts_it() -> None:
    assert contrast((0, 0, 0), WHITE) == pytest.approx(21)
    assert contrast(rgb("#767676"), WHITE) == pytest.approx(4.54, abs=0.01)
    assert contrast(rgb("#777777"), WHITE) < 4.5


@pytest.mark.parametrize("colour", ["#0b5c61", "#a3231b", "#767676", "#1d4f91", "#000000"])
def test_the_shades_of_any_colour_can_be_read(colour: str) -> None:
    look = replace(Look(), colour=colour)
    assert contrast(rgb(look.deep), WHITE) >= 7
    assert contrast(rgb(look.colour), rgb(look.soft)) >= 4.5


@pytest.mark.parametrize(
    ("lines", "name", "expected"),
    [
        ('[look]\ncolour = "#ffcc00"', "look.colour", "4.5 : 1"),
        ('[look]\ncolour = "#777777"', "look.colour", "#777777 has 4.48 : 1"),
        ('[look]\ncolour = "red"', "look.colour", "#0b5c61"),
        ("[look]\ncolour = 5", "look.colour", "#0b5c61"),
        ('[look]\ncolor = "#000000"', "look.color", "operate.md"),
        ('[look]\nemblem = "../../etc/passwd"', "look.emblem", "SVG"),
        ('[look]\nemblem = "/etc/passwd.svg"', "look.emblem", "SVG"),
        ('[look]\nemblem = "img/none.svg"', "look.emblem", "none.svg"),
        ('[slogan]\nfr = "Bonjour"', "slogan.fr", "one of"),
        ('[slogan]\nen = "Only English"', "slogan.zh_Hans", "Chinese"),
        ('[slogan]\nzh_Hans = ""', "slogan.zh_Hans", "characters"),
        ('[footer]\nsponsor = "局"', "footer.sponsor", "each language"),
        ("[footer]\nsponsor = { zh_Hans = 5 }", "footer.sponsor.zh_Hans", "characters"),
        ('[footer]\nicp = "12345"', "footer.icp", "鲁ICP备"),
        ('[footer]\npolice = "37028302000001"', "footer.police", "公网安备"),
        ('[footer]\nsite_id = "37"', "footer.site_id", "ten digits"),
        ('[footer]\nphone = "call us"', "footer.phone", "digits"),
        ('[footer]\nfax = "1"', "footer.fax", "operate.md"),
    ],
)
def test_a_wrong_look_stops_the_start_by_name(
    tmp_path: Path, lines: str, name: str, expected: str
) -> None:
    with pytest.raises(BadSetting) as caught:
        city_of(tmp_path, lines)
    assert str(caught.value).startswith(f"{name} in kleine.toml")
    assert expected in str(caught.value)


def test_a_section_must_be_a_section(tmp_path: Path) -> None:
    file = tmp_path / "kleine.toml"
    file.write_text('look = "blue"\n' + PLAIN, "utf-8")
    with pytest.raises(BadSetting, match=r"\[look\] in kleine\.toml"):
        load_city(file)


def test_an_emblem_may_lie_beside_the_city_file(tmp_path: Path) -> None:
    city = city_of(tmp_path, '[look]\nemblem = "emblem.svg"', SQUARE)
    assert city.look.emblem == "city/emblem.svg"


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<svg:script/>",
        '<g onload="x()"/>',
        '<a href="https://example.com/"/>',
        '<use xlink:href="//example.com/x.svg#y"/>',
        "<image href='data:image/svg+xml;base64,AA'/>",
        "<foreignObject/>",
        '<rect fill="url(https://example.com/x)"/>',
        "<style>@import 'x'</style>",
        "<!ENTITY x SYSTEM 'file:///etc/passwd'>",
        "<?xml-stylesheet href='x'?>",
        '<set attributeName="href" to="x"/>',
    ],
)
def test_an_emblem_that_is_more_than_a_drawing_is_refused(tmp_path: Path, inside: str) -> None:
    emblem = SQUARE.replace("<path", f"{inside}<path")
    with pytest.raises(BadSetting, match=r"look\.emblem.*a drawing only"):
        city_of(tmp_path, '[look]\nemblem = "emblem.svg"', emblem)


@pytest.mark.parametrize("content", ["not a drawing", "<svg>" + "x" * 40_000])
def test_an_emblem_must_be_a_small_svg(tmp_path: Path, content: str) -> None:
    with pytest.raises(BadSetting, match=r"look\.emblem.*32 KB"):
        city_of(tmp_path, '[look]\nemblem = "emblem.svg"', content)


def test_an_emblem_may_use_its_own_parts(tmp_path: Path) -> None:
    own = SQUARE.replace("<path", '<use href="#a"/><rect fill="url(#b)"/><path')
    assert city_of(tmp_path, '[look]\nemblem = "emblem.svg"', own).look.emblem


def test_only_known_languages_of_names_are_taken(tmp_path: Path) -> None:
    file = tmp_path / "kleine.toml"
    file.write_text('name_languages = ["khb"]\n' + PLAIN, "utf-8")
    assert load_city(file).name_languages == ("khb",)
    file.write_text('name_languages = ["xx"]\n' + PLAIN, "utf-8")
    with pytest.raises(BadSetting, match="name_languages"):
        load_city(file)
