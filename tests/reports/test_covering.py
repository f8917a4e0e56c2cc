"""Parts of a photo are covered in another file; nobody but moderators opens the one beneath."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Refused
from portal.kernel.instance import Instance
from portal.kernel.outbox import OutboxMessage
from portal.kernel.photos import PhotoRefusal, clean_photo, cover_photo
from portal.kernel.uploads import KeptPhotos, keep_upload
from portal.reports.models import CasePhoto, ModerationEntry
from portal.reports.queries.case import PhotoRow, photos_of
from portal.reports.rules.codes import PhotoKind, Review, State
from portal.reports.rules.covering import (
    CoverRefusal,
    Rectangle,
    grid_over,
    read_rectangles,
)
from portal.reports.service.covering import Covering, check_rectangles, cover_case_photo
from tests.make import accounts, reports
from tests.make.desk import City, small_city
from tests.make.photos import jpeg
from tests.pages import Browser

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass
class Scene:
    """A case that everybody sees, with a photo before and one after, and its reporter."""

    city: City
    number: str
    reporter: Browser
    keys: tuple[str, str]

    def photo(self, kind: PhotoKind = PhotoKind.BEFORE) -> PhotoRow:
        with self.city.database.read() as session:
            rows = photos_of(session, self.city.row(self.number))
        return next(row for row in rows if row.kind is kind and row.width == 320)


@pytest.fixture
def scene(app: Flask, database: Database, instance: Instance) -> Scene:
    city = small_city(app, database)
    clean = clean_photo(jpeg(), ZONE)
    keys = (instance.blobs.put(clean.picture, "jpg"), instance.blobs.put(clean.thumbnail, "jpg"))
    with database.write() as session:
        somebody = accounts.person(session, "李小红")
    number = city.case(reporter=somebody, state=State.DISPATCHED, listed=True)
    with database.write() as session:
        made = session.scalars(select(reports.Case).where(reports.Case.number == number)).one()
        for kind in PhotoKind:
            row = reports.photo(session, made, kind=kind, review=Review.APPROVED, blob_key=keys[0])
            row.thumbnail_key, row.width, row.height = keys[1], 320, 240
    return Scene(city, number, city.browser(somebody), keys)


def picture(browser: Browser, url: str) -> Image.Image:
    page = browser.get(url, status=200)
    return Image.open(io.BytesIO(page.response.data)).convert("RGB")


def covered(image: Image.Image) -> bool:
    """Whether the green square in the upper left corner is black."""
    at = (image.width * 30 // 320, image.height * 30 // 240)
    return max(image.getpixel(at)) < 40


def cover(scene: Scene, **fields: str) -> Browser:
    desk = scene.city.browser(scene.city.desk)
    page = desk.get(f"/desk/cases/{scene.number}/photos/{scene.photo().code}/cover", status=200)
    fields = fields or {"first_column": "A", "first_row": "1", "last_column": "C", "last_row": "3"}
    page.form(button="Cover").fill(**fields).send("Cover", status=200)
    return desk


def test_a_photo_is_covered_without_a_script_and_every_old_address_is_closed(
    scene: Scene, app: Flask
) -> None:
    old, beneath = scene.photo(), Browser(app, check=False)
    assert not covered(picture(beneath, f"/reports/photos/{old.code}"))
    desk = cover(scene)
    new = scene.photo()
    assert new.code != old.code
    for size in ("", "/small"):
        beneath.get(f"/reports/photos/{old.code}{size}", status=404)
        assert covered(picture(beneath, f"/reports/photos/{new.code}{size}"))
    # a cache may keep it, but has to ask each time
    answer = beneath.get(f"/reports/photos/{new.code}").response
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert answer.headers["ETag"] != f'"{scene.keys[0][:40]}"'
    stale = {"If-None-Match": f'"{scene.keys[0][:40]}"'}
    beneath.get(f"/reports/photos/{new.code}", headers=stale, status=200)
    for page in (f"/reports/{scene.number}", f"/reports/{scene.number}/print"):
        assert old.code not in beneath.get(page, status=200).html
    kept = desk.get(f"/desk/photos/{new.code}?uncovered=1", status=200)
    assert kept.response.headers["Cache-Control"] == "private, no-store"
    assert not covered(Image.open(io.BytesIO(kept.response.data)).convert("RGB"))


def test_only_moderators_and_whoever_sent_it_see_what_lies_beneath(
    scene: Scene, app: Flask
) -> None:
    cover(scene)
    code = scene.photo().code
    city = scene.city
    for person in (city.worker, city.verifier, city.lead):
        staff = city.browser(person)
        staff.check = False
        assert covered(picture(staff, f"/desk/photos/{code}"))
        assert covered(picture(staff, f"/desk/photos/{code}?size=small"))
        staff.get(f"/desk/photos/{code}?uncovered=1", status=404)
        staff.get(f"/reports/photos/{code}/original", status=404)
    with city.database.write() as session:
        other = accounts.person(session, "张大明")
    city.case(reporter=other, state=State.DISPATCHED, listed=True)
    for stranger in (Browser(app, check=False), city.browser(other)):
        stranger.check = False
        stranger.get(f"/reports/photos/{code}/original", status=404)
        assert covered(picture(stranger, f"/reports/photos/{code}"))
    scene.reporter.check = False
    assert covered(picture(scene.reporter, f"/reports/photos/{code}"))
    own = scene.reporter.get(f"/reports/photos/{code}/original", status=200)
    assert own.response.headers["Cache-Control"] == "private, no-store"
    # the unit's photo of the result is not hers
    scene.reporter.get(f"/reports/photos/{scene.photo(PhotoKind.AFTER).code}/original", status=404)


def test_what_was_drawn_is_added_and_all_of_it_can_be_undone_which_hides_the_photo(
    scene: Scene, app: Flask, instance: Instance
) -> None:
    cover(scene, drawn="0,0,250,300 500,500,100,100")
    first = scene.photo()
    assert first.covers == "0,0,250,300 500,500,100,100"
    desk = cover(scene)
    second = scene.photo()
    assert second.covers == "0,0,250,300 500,500,100,100 0,0,250,333"
    # the copy before is used by nobody any more
    with pytest.raises(KeyError):
        instance.blobs.open(str(first.public_key))
    page = desk.get(f"/desk/cases/{scene.number}/photos/{second.code}/cover", status=200)
    page.form(button="Take all rectangles away").send(status=200)
    third = scene.photo()
    assert (third.public_key, third.covers, third.review) == (None, None, Review.PENDING)
    Browser(app, check=False).get(f"/reports/photos/{third.code}", status=404)
    record = desk.get(f"/desk/cases/{scene.number}/decisions", status=200).text
    for told in ("0,0,250,300 500,500,100,100", "窗口", "Covering taken away"):
        assert told in record
    with scene.city.database.read() as session:
        acts = [row.value for row in session.scalars(select(ModerationEntry.act))]
        assert acts == ["covered", "covered", "uncovered"]
        sent = list(session.scalars(select(OutboxMessage.template)))
        assert sent.count("report.covered") == 2


BAD = (
    ({"drawn": "1,2,3"}, "cannot be read"),
    ({"drawn": "0,0,2000,10"}, "cannot be read"),
    ({"first_column": "A", "first_row": "1"}, "cannot be read"),
    ({"first_column": ""}, "Draw at least one"),
    ({"drawn": " ".join(["0,0,9,9"] * 41)}, "No more than 40"),
)


def test_rectangles_that_cannot_be_meant_are_refused_with_words(scene: Scene) -> None:
    desk = scene.city.browser(scene.city.desk)
    url = f"/desk/cases/{scene.number}/photos/{scene.photo().code}/cover"
    for fields, words in BAD:
        page = desk.get(url).form(button="Cover").fill(**fields).send("Cover", status=422)
        assert words in page.text
    assert scene.photo().covers is None


def test_whoever_may_not_decide_cannot_cover_and_a_photo_of_another_case_is_missing(
    scene: Scene,
) -> None:
    city, code = scene.city, scene.photo().code
    for person in (city.worker, city.verifier):
        city.browser(person).get(f"/desk/cases/{scene.number}/photos/{code}/cover", status=403)
    other = city.case(state=State.ACCEPTED)
    city.browser(city.desk).get(f"/desk/cases/{other}/photos/{code}/cover", status=404)


def test_of_two_officers_who_cover_at_once_one_is_told(scene: Scene) -> None:
    """A covering that nobody saw must not be lost, so the second looks again."""
    database, seen = scene.city.database, scene.photo()
    case, start = scene.city.row(scene.number), Barrier(2)
    copy = cover_photo(jpeg(), [(0, 0, 100, 100)])

    def act(left: int) -> str:
        with database.write() as session:
            token = keep_upload(session, copy, owner=f"o{left}", now=now())
        mine = Covering(seen.id, [Rectangle(left, 0, 50, 50)], "", KeptPhotos(f"o{left}", (token,)))
        start.wait()
        try:
            with database.write() as session:
                cover_case_photo(session, case, mine, actor=reports.desk(), now=now())
        except Conflict:
            return "told"
        return "won"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(act, (0, 500))) == ["told", "won"]
    with database.read() as session:
        assert len(session.scalars(select(ModerationEntry)).all()) == 1
        assert session.scalars(select(CasePhoto.public_key)).all().count(None) == 1


def test_the_covering_child_draws_black_and_an_upload_cannot_speak_to_it() -> None:
    copy = cover_photo(jpeg(), [(0, 0, 250, 300)])
    image = Image.open(io.BytesIO(copy.picture))
    assert image.size == (copy.width, copy.height) == (320, 240)
    assert covered(image)
    assert image.getpixel((200, 200))[0] > 200
    with pytest.raises(Refused) as refused:
        clean_photo(b"gongzhi-cover\n[[0,0,9,9]]\n" + jpeg(), ZONE)
    assert refused.value.code is PhotoRefusal.NOT_A_PHOTO
    with pytest.raises(Refused):
        cover_photo(b"no photo", [(0, 0, 9, 9)])


def test_cells_name_rectangles_in_either_order_and_none_outside_of_the_photo() -> None:
    grid = grid_over(320, 240)
    assert (grid.columns, grid.rows) == (12, 9)
    assert grid.between(("C", "3"), ("A", "1")) == Rectangle(0, 0, 250, 333)
    assert grid.between(("L", "9"), ("L", "9")) == Rectangle(917, 889, 83, 111)
    assert grid.between(("M", "1"), ("A", "1")) is None
    assert grid_over(240, 320).letters == "ABCDEFGHI"
    assert read_rectangles("900,0,101,5") is None
    with pytest.raises(Refused) as refused:
        check_rectangles([])
    assert refused.value.code is CoverRefusal.NOTHING
