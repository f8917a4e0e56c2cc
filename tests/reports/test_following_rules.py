"""Following, as pure rules: whose news is what, and when it is told."""

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from portal.reports.rules.codes import Event
from portal.reports.rules.following import (
    News,
    NewsIndex,
    Step,
    Subject,
    awake,
    clean_mail,
    settings_from,
    street_codes,
    told_to,
)

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
STREET = "370283001"
PLACES = ("370283", STREET, f"{STREET}001")


def _news(category: str = "litter", codes: tuple[str, ...] = PLACES, *steps: Step) -> News:
    return News(uuid4(), category, codes, False, steps or (Step(NOON, Event.ACCEPT),))


def test_a_place_is_followed_with_all_that_lies_in_it_and_a_kind_narrows_it() -> None:
    here, lamp, far = _news(), _news("street_lamp"), _news(codes=("370283", "370283002"))
    index, before = NewsIndex([here, lamp, far]), NOON - HOUR

    def found(subject: Subject) -> set[object]:
        return {told.news.case_id for told in told_to(index, [(subject, before)])}

    assert found(Subject(area=STREET)) == {here.case_id, lamp.case_id}
    assert found(Subject(area="370283")) == {here.case_id, lamp.case_id, far.case_id}
    assert found(Subject(category="litter")) == {here.case_id, far.case_id}
    assert found(Subject(area=STREET, category="litter")) == {here.case_id}
    assert found(Subject(district="370283", case_id=far.case_id)) == {far.case_id}
    assert found(Subject(district="370283", case_id=uuid4())) == set()
    assert found(Subject(area="3702830010")) == set()


def test_a_matter_followed_twice_is_told_once_and_only_what_is_newer_than_the_following() -> None:
    came = _news("litter", PLACES, Step(NOON - 3 * HOUR, Event.REPORT), Step(NOON, Event.ACCEPT))
    index = NewsIndex([came])
    both = [(Subject(area=STREET), NOON - HOUR), (Subject(category="litter"), NOON - 4 * HOUR)]
    (told,) = told_to(index, both)
    # by the kind it is new, by the place it had been there before
    assert told.fresh
    assert not told_to(index, both[:1])[0].fresh
    assert told_to(index, [(Subject(area=STREET), NOON)]) == []


def test_nobody_is_rung_by_night() -> None:
    night = datetime(2026, 11, 23, 23, 0, tzinfo=ZONE)
    assert awake(night, ZONE) == datetime(2026, 11, 24, 7, 30, tzinfo=ZONE)
    assert awake(night + 4 * HOUR, ZONE) == datetime(2026, 11, 24, 7, 30, tzinfo=ZONE)
    assert awake(NOON, ZONE) == NOON


def test_P5_of_what_is_about_a_person_or_a_shop_no_place_below_the_street_is_told() -> None:
    assert street_codes(PLACES) == PLACES[:2]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Wang@Example.COM ", "Wang@example.com"),
        ("a.b+c@mail.example.cn", "a.b+c@mail.example.cn"),
        ("a@b", None),
        ("a b@example.com", None),
        ("a@example.com\nBcc: x@example.com", None),
        ("a@example.com, b@example.com", None),
        (f"{'a' * 64}@{'b' * 60}.com", None),
    ],
)
def test_an_address_is_one_that_a_mail_s_header_can_hold(typed: str, kept: str | None) -> None:
    assert clean_mail(typed) == kept


def test_a_city_says_at_which_hour_and_nonsense_is_refused_with_its_name() -> None:
    assert settings_from({}).hour == time(18, 30)
    given = settings_from({"following_digest_at": "08:00", "following_ends_days": 7})
    assert (given.hour, given.ends) == (time(8), timedelta(days=7))
    for wrong in ({"following_ends_days": 0}, {"following_ends_days": True},
                  {"following_digest_at": "03:00"}):  # fmt: skip
        with pytest.raises(ValueError, match=next(iter(wrong))):
            settings_from(wrong)
