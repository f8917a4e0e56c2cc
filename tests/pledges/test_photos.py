"""Photos of frontages: kept once, lost by no error, seen by nobody outside before a check, gone in
time with their files."""

import threading
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from pledges.models import BreachAnswer, Plaque, PledgePhoto, PremisesOperator
from pledges.queries.breaches import breach_by_number
from pledges.queries.inspections import inspection_by_id
from pledges.queries.photos import photos_to_check, public_photos
from pledges.queries.shop_page import shop_by_code
from pledges.rules.breaches import AppealOutcome, BreachStep
from pledges.rules.inspections import InspectionRefusal, PhotoRefusal, PhotoSide
from pledges.rules.personal import KEEP_ENDED
from pledges.service.answers import appeal, decide_appeal, say_rectified
from pledges.service.breaches import open_breach, take_step
from pledges.service.inspections import void_inspection
from pledges.service.photos import check_photo
from portal.accounts.service import erase_person, forget_in_time
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.errors import Missing, Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from portal.kernel.photos import clean_photo
from portal.kernel.uploads import KeptPhotos, keep_upload
from tests.make import pledges as make
from tests.make.accounts import actor, staff
from tests.make.inspections import DAY, STREET, Frontage, counted, frontage
from tests.make.photos import encoded, exif, jpeg, picture
from tests.make.pledges import NOW, TODAY
from tests.pages import Browser
from tests.pledges.test_inspection_pages import browser_of, ticked

OTHER = encoded(picture(200, 200))


@pytest.fixture
def made(app: Flask, database: Database) -> Frontage:
    found = frontage(database)
    with database.write() as session:
        door = make.door_of(session, found.door)
        make.hang(session, make.plaque(session, found.tree[STREET]), door)
    return found


def upload(made: Frontage, content: bytes | None = None, at: datetime = NOW) -> KeptPhotos:
    """A photo that waits for its form."""
    with made.database.write() as session:
        photo = clean_photo(content or jpeg(), instance_of(session).city.zone)
        return KeptPhotos("somebody", (keep_upload(session, photo, owner="somebody", now=at),))


def put_right(made: Frontage) -> str:
    """A breach with a photo of what was found, two of the shop's, one of a second look."""
    swept = made.clauses["swept"]
    found = made.inspected("swept", before=upload(made), pictured=swept)
    number: str = made.do(open_breach, made.desk, found, swept, "有垃圾", now=NOW)
    made.do(say_rectified, made.owner, number, "已清扫", upload(made, OTHER), now=NOW)
    made.do(
        take_step, made.second, number, BreachStep.FIND_RECTIFIED, "已整改",
        photos=upload(made, OTHER, NOW + DAY), now=NOW + DAY,
    )  # fmt: skip
    return number


def codes(made: Frontage, side: PhotoSide | None = None) -> list[str]:
    with made.database.read() as session:
        statement = select(PledgePhoto.code).order_by(PledgePhoto.at, PledgePhoto.id)
        if side is not None:
            statement = statement.where(PledgePhoto.side == side)
        return list(session.scalars(statement))


def public(made: Frontage) -> dict[PhotoSide, list[str]]:
    """The codes of what the page of the shop shows."""
    found: dict[PhotoSide, list[str]] = {}
    with made.database.read() as session:
        code = session.scalars(select(Plaque.code)).one()
        shop = shop_by_code(session, code, TODAY)
        assert shop is not None
        _row, facts = shop
        if facts.put_right is None:
            return found
        assert facts.put_right.clause_id == made.clauses["swept"]
        for one in public_photos(session, facts.put_right):
            found.setdefault(one.side, []).append(one.code)
    return found


def test_before_and_after_are_public_only_once_a_person_has_looked(made: Frontage) -> None:
    number = put_right(made)
    assert public(made) == {}
    with made.database.read() as session:
        waiting = photos_to_check(session, [made.tree["370283001"].path])
        assert len(waiting) == 3
        assert photos_to_check(session, [made.tree["370283002"].path]) == []
    before, after = codes(made, PhotoSide.BEFORE)[0], codes(made, PhotoSide.AFTER)[0]
    for stranger in (made.elsewhere, made.inspector, made.owner):
        with pytest.raises(Missing):
            made.do(check_photo, stranger, before, show=True, now=NOW)
    made.do(check_photo, made.desk, before, show=True, now=NOW)
    made.do(check_photo, made.desk, after, show=False, now=NOW)
    assert public(made) == {PhotoSide.BEFORE: [before]}
    made.do(check_photo, made.desk, after, show=True, now=NOW)
    assert public(made) == {PhotoSide.BEFORE: [before], PhotoSide.AFTER: [after]}
    # and it can be taken back
    made.do(check_photo, made.desk, before, show=False, now=NOW)
    assert public(made) == {PhotoSide.AFTER: [after]}
    # what is appealed against waits
    made.do(appeal, made.owner, number, "当天停业", now=NOW + DAY)
    assert public(made) == {}


def test_a_photo_is_not_shown_of_what_is_struck_out_at_that_moment(made: Frontage) -> None:
    number = put_right(made)
    code, told = codes(made, PhotoSide.BEFORE)[0], list[object]()

    def show() -> None:
        try:
            made.do(check_photo, made.desk, code, show=True, now=NOW + DAY)
        except Refused as refused:
            told.append(refused.code)

    other = threading.Thread(target=show)
    with made.database.write() as session:
        take_step(session, made.second, number, BreachStep.VOID, "查看有误", now=NOW + DAY)
        session.flush()
        other.start()
        # it waits until this is written
        other.join(timeout=0.3)
    other.join()
    assert told == [PhotoRefusal.NOT_PUT_RIGHT]
    with made.database.read() as session:
        assert set(session.scalars(select(PledgePhoto.shown_at))) == {None}


def test_whoever_speaks_for_the_shop_does_not_check_its_photos(
    app: Flask, database: Database
) -> None:
    made = frontage(database)
    put_right(made)
    with database.write() as session:
        session.scalars(select(PremisesOperator)).one().person_id = made.desk.person_id
    with pytest.raises(Refused) as told:
        made.do(check_photo, made.desk, codes(made)[0], show=True, now=NOW)
    assert told.value.code is InspectionRefusal.OWN


def test_a_photo_of_what_was_not_put_right_stays_inside(made: Frontage) -> None:
    found = made.inspected("swept", before=upload(made))
    made.do(open_breach, made.desk, found, made.clauses["swept"], "有垃圾", now=NOW)
    with pytest.raises(Refused) as told:
        made.do(check_photo, made.desk, codes(made)[0], show=True, now=NOW)
    assert told.value.code is PhotoRefusal.NOT_PUT_RIGHT


@pytest.mark.parametrize("how", ["inspection", "appeal"])
def test_what_is_withdrawn_is_shown_to_nobody_any_more(made: Frontage, how: str) -> None:
    number = put_right(made)
    made.do(check_photo, made.desk, codes(made)[0], show=True, now=NOW)
    if how == "inspection":
        with made.database.read() as session:
            row = breach_by_number(session, number)
            assert row is not None
            found = inspection_by_id(session, row.district, row.inspection_id)
            assert found is not None
        made.do(void_inspection, made.desk, found.number, "走错门", now=NOW + DAY)
    else:
        made.do(appeal, made.owner, number, "当天停业", now=NOW + DAY)
        with made.database.write() as session:
            third = actor(session, staff(session, "street_desk", area=made.tree["370283001"]))
        made.do(decide_appeal, third, number, AppealOutcome.UPHELD, "成立", now=NOW + DAY)
    assert public(made) == {}
    with made.database.read() as session:
        assert session.scalars(select(PledgePhoto.shown_at)).all() == [None] * 3


def test_a_photo_of_no_clause_of_the_list_is_refused_and_none_is_lost(made: Frontage) -> None:
    kept = upload(made)
    with pytest.raises(Refused) as told:
        made.inspected("swept", before=kept, pictured=new_id())
    assert told.value.code is InspectionRefusal.CHANGED_TEXT
    assert counted(made, PledgePhoto) == 0
    made.inspected("swept", before=kept)
    assert counted(made, PledgePhoto) == 1


def test_on_the_page_nothing_is_lost_by_an_error_and_bad_files_are_named(
    app: Flask, made: Frontage
) -> None:
    phone = browser_of(app, made, made.inspector)
    page = phone.get(f"/desk/pledges/inspections/at/{made.door}", status=200)
    bad = page.form().fill(**ticked(made)).attach("before", b"no picture").send(status=422)
    assert "not a photo" in bad.html
    many = bad.form()
    for _ in range(4):
        many = many.attach("before", jpeg())
    assert "No more than 3 photos" in many.send(status=422).html

    missing = ticked(made)
    missing.pop(f"finding-{made.clauses['lamps'].hex}")
    tagged = jpeg(exif=exif(place=((36, 47, 0), (119, 57, 0))))
    form = phone.get(f"/desk/pledges/inspections/at/{made.door}", status=200).form()
    refused = form.fill(**missing).attach("before", tagged).send(status=422)
    assert "kept" in refused.html
    again = refused.form().fill(**ticked(made), pictured=made.clauses["swept"].hex)
    done = again.send(status=200)
    assert counted(made, PledgePhoto) == 1
    with made.database.read() as session:
        row = session.scalars(select(PledgePhoto)).one()
        assert row.clause_id == made.clauses["swept"]
        assert b"SecretCamera" not in instance_of(session).blobs.open(row.blob_key)
    checked_at_the_desk(app, made, done.path)


def checked_at_the_desk(app: Flask, made: Frontage, path: str) -> None:
    """From what was found to what everybody may see."""
    desk, owner = browser_of(app, made, made.desk), browser_of(app, made, made.owner)
    [code] = codes(made)
    picture_at = f"/pledges/photos/{code}"
    assert owner.get(picture_at).status == 404
    breach = desk.get(path, status=200).click("Remind the shop", status=200)
    breach = breach.form().fill(reason="门前有纸箱").send(status=200)
    assert owner.get(picture_at, status=200).response.mimetype == "image/jpeg"
    assert code in owner.get("/me/breaches", status=200).click("swept", status=200).html
    done = breach.click("It is put right", status=200).form()
    done = done.fill(reason="已清理").attach("photos", jpeg()).send(status=200)
    assert "Not checked yet" in done.text
    anybody = Browser(app)
    assert anybody.get(picture_at).status == 404
    waiting = desk.get("/desk/pledges/photos/", status=200)
    one = waiting.click("Before", status=200)
    assert one.form().send(status=422).errors
    left = one.form().fill(decision="show").send(status=200)
    assert "Before" not in left.text
    assert anybody.get(picture_at, status=200).response.mimetype == "image/jpeg"


def files_of(made: Frontage) -> list[str]:
    with made.database.read() as session:
        rows = session.execute(select(PledgePhoto.blob_key, PledgePhoto.thumbnail_key))
        return [key for row in rows for key in row]


def gone(made: Frontage, keys: list[str]) -> bool:
    with made.database.read() as session:
        blobs = instance_of(session).blobs
        for key in keys:
            try:
                blobs.open(key)
            except KeyError:
                continue
            return False
    return True


def test_photos_go_in_time_with_their_files(made: Frontage) -> None:
    put_right(made)
    keys = files_of(made)
    old = NOW + timedelta(days=KEEP_ENDED)
    forget_in_time(made.database, now=old - timedelta(seconds=1))
    assert counted(made, PledgePhoto) == 3
    forget_in_time(made.database, now=old + 2 * DAY)
    assert counted(made, PledgePhoto) == 0
    assert gone(made, keys)


def test_photos_of_what_is_still_open_stay(made: Frontage) -> None:
    found = made.inspected("swept", before=upload(made))
    made.do(open_breach, made.desk, found, made.clauses["swept"], "有垃圾", now=NOW)
    forget_in_time(made.database, now=NOW + timedelta(days=KEEP_ENDED + 1))
    assert counted(made, PledgePhoto) == 1


def test_P2_what_an_owner_sent_goes_with_her_account(made: Frontage) -> None:
    put_right(made)
    her = made.owner.person_id
    assert her is not None
    with made.database.write() as session:
        erase_person(session, None, her, now=now())
    with made.database.read() as session:
        assert session.scalar(select(func.count()).select_from(PledgePhoto)) == 2
        assert session.scalars(select(BreachAnswer.sealed_words)).all() == [None]
