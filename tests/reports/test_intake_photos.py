"""Photos in the report flow: offered, kept through errors, shown to nobody else."""

from io import BytesIO

import pytest
from flask import Flask
from PIL import Image

from portal.kernel.db import Database
from portal.kernel.ratelimit import Limit
from tests.make.intake import IN_COMMUNITY, thumbnails, to_place, visitor
from tests.make.photos import encoded, exif, heic, jpeg, picture, png_claiming
from tests.pages import Browser


def test_a_photo_is_offered_as_the_place_and_its_metadata_is_gone(reader: Browser) -> None:
    page = to_place(reader, jpeg(exif=exif(place=IN_COMMUNITY)))
    assert "The photo was taken here" in page.text
    assert "东阁街道001社区" in page.text

    page = page.form(button="The photo was taken here").send("The photo was taken here", status=200)

    assert page.h1 == "What is it?"
    url = thumbnails(reader.get("/reports/new", status=200))[0]
    served = Image.open(BytesIO(reader.get(url).response.data))
    assert dict(served.getexif()) == {}


def test_a_photo_from_elsewhere_is_kept_and_its_place_is_not_offered(reader: Browser) -> None:
    paris = ((48.0, 51.0, 0.0), (2.0, 21.0, 0.0))

    page = to_place(reader, jpeg(exif=exif(place=paris)))

    assert page.h1 == "Where is it?"
    assert "The photo was taken here" not in page.text


BAD_FILES = (
    (b"hello", "not a photo"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a photo"),
    (b"%PDF-1.7", "not a photo"),
    (b"PK\x03\x04 zip", "not a photo"),
    (jpeg()[:-900], "damaged"),
    (png_claiming(60_000, 60_000), "too large"),
    (b"\xff\xd8\xff" + b"0" * 200_000, "larger than 10 MB"),
    (jpeg(8, 8), "too small"),
)


def test_a_bad_file_gets_words_and_the_good_one_beside_it_stays(
    reader: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the real 10 MB are tested with the decoder; here they would only be slow
    for module in ("photos", "photo_fields"):
        monkeypatch.setattr(f"portal.kernel.{module}.MOST_BYTES", 200_000)
    page = reader.get("/reports/new", status=200)
    form = page.form(button="Continue").attach("photos", heic(), "good.heic", "image/heic")
    for content, words in BAD_FILES:
        page = form.attach("photos", content, "bad.jpg").send("Continue", status=422)
        assert len(page.errors) == 1
        assert words in page.errors[0]
        assert len(thumbnails(page)) == 1
        form = page.form(button="Continue")

    assert form.send("Continue", status=200).h1 == "Where is it?"
    assert len(thumbnails(reader.get("/reports/new"))) == 1


def test_a_png_that_calls_itself_jpg_is_a_photo(reader: Browser) -> None:
    page = to_place(reader, encoded(picture(), "PNG"))

    assert page.h1 == "Where is it?"


def test_no_more_than_three_photos(reader: Browser) -> None:
    form = reader.get("/reports/new", status=200).form(button="Continue")
    for _ in range(4):
        form.attach("photos", jpeg())

    page = form.send("Continue", status=422)

    assert page.errors == ["No more than 3 photos, please."]
    assert len(thumbnails(page)) == 3
    page.form(button="Continue").send("Continue", status=200)
    assert len(thumbnails(reader.get("/reports/new"))) == 3


def test_a_flood_of_photos_is_slowed_and_the_report_goes_on_without(
    reader: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.kernel.photo_fields.PER_ADDRESS", Limit("photos", 1, 3600))
    to_place(reader, jpeg())
    form = reader.get("/reports/new").form(button="Continue").attach("photos", jpeg())

    page = form.send("Continue", status=422)

    assert "Too many photos" in page.errors[0]
    page = page.form(button="Continue").send("Continue", status=200)
    assert page.h1 == "Where is it?"
    assert len(thumbnails(reader.get("/reports/new"))) == 1


def test_a_photo_can_be_taken_away_again(reader: Browser, city: Database) -> None:
    to_place(reader, jpeg())

    page = reader.get("/reports/new").form(button="Remove").send("Remove", status=200)

    assert page.h1 == "Report a problem"
    assert thumbnails(page) == []


def test_a_pending_photo_is_shown_to_nobody_else(reader: Browser, app: Flask) -> None:
    to_place(reader, jpeg())
    (url,) = thumbnails(reader.get("/reports/new"))

    assert reader.get(url, status=200).response.mimetype == "image/jpeg"
    assert reader.get(url).response.headers["Cache-Control"] == "private, no-store"
    visitor(app).get(url, status=404)
    visitor(app).get(f"{url}x", status=404)
