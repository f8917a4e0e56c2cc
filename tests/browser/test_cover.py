"""Covering parts of a photo: drawn with a pointer on a phone's width, by keys without a script."""

import pytest
from sqlalchemy import select

from portal.areas.models import Area
from portal.kernel.blobs import BlobStore
from portal.reports.models import Case, CasePhoto
from portal.reports.rules.codes import State
from tests.browser.conftest import Opener
from tests.browser.screen import Screen, Site
from tests.make import reports
from tests.make.demo import PLACE
from tests.make.photos import jpeg

COVER = "Cover"


@pytest.fixture
def number(site: Site) -> object:
    """A new case with a photo in the street desk's place, taken out afterwards."""
    blobs: BlobStore = site.app.extensions["gongzhi_instance"].blobs
    with site.database.write() as session:
        place = session.scalars(select(Area).where(Area.code == PLACE)).one()
        case = reports.case(session, place)
        photo = reports.photo(session, case, blob_key=blobs.put(jpeg(), "jpg"))
        photo.width, photo.height = 320, 240
        number = case.number
    yield number
    with site.database.write() as session:
        session.scalars(select(Case).where(Case.number == number)).one().state = State.VOID


def photo_of(site: Site, number: str) -> CasePhoto:
    with site.database.read() as session:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        return session.scalars(select(CasePhoto).where(CasePhoto.case_id == case.id)).one()


def opened(window: Screen, site: Site, number: str) -> None:
    window.sign_in("street_desk")
    window.open(f"/desk/cases/{number}/photos/{photo_of(site, number).code}/cover", "cover")


def draw(window: Screen, start: tuple[float, float], end: tuple[float, float]) -> None:
    box = window.page.locator(".cover-photo").bounding_box()
    for at, act in ((start, "down"), (end, "up")):
        window.page.mouse.move(box["x"] + at[0] * box["width"], box["y"] + at[1] * box["height"])
        getattr(window.page.mouse, act)()


def test_rectangles_are_drawn_taken_back_and_covered(
    screen: Opener, site: Site, number: str
) -> None:
    window = screen(360)
    opened(window, site, number)
    window.page.locator(".cover-photo").scroll_into_view_if_needed()
    draw(window, (0.1, 0.1), (0.3, 0.4))
    draw(window, (0.9, 0.9), (0.5, 0.5))
    window.page.get_by_role("button", name="Take back the last one").click()
    assert len(window.page.input_value("[name=drawn]").split()) == 1
    draw(window, (0.5, 0.5), (0.52, 0.52))
    window.press(COVER, "covered")
    first, second = str(photo_of(site, number).covers).split()
    for text, wanted in ((first, (100, 100, 200, 300)), (second, (500, 500, 20, 20))):
        numbers = [int(part) for part in text.split(",")]
        assert all(abs(a - b) <= 8 for a, b in zip(numbers, wanted, strict=True)), text


def test_two_corners_are_named_by_keys_alone_without_a_script(
    screen: Opener, site: Site, number: str
) -> None:
    window = screen(360, script=False)
    opened(window, site, number)
    window.page.locator("#first_column").focus()
    for cell in "A1C3":
        window.page.keyboard.type(cell)
        window.page.keyboard.press("Tab")
    with window.page.expect_navigation():
        window.page.keyboard.press("Enter")
    assert photo_of(site, number).covers == "0,0,250,333"
