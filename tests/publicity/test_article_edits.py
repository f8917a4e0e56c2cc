"""Two who write of one article, corrections of what rests on something gone, what is kept of pages
that were withdrawn, and what she and the approver see."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from portal.kernel.uploads import KeptPhotos
from portal.publicity.models import Article, ArticlePhoto, ArticleVersion
from portal.publicity.queries.articles import articles_about
from portal.publicity.rules.articles import (
    ArticleKind,
    ArticleRefusal,
    ArticleState,
    ArticleStep,
    Origin,
    Provenance,
)
from portal.publicity.rules.personal import KEEP_OPEN_DAYS, KEEP_WITHDRAWN_DAYS
from portal.publicity.service.article_photos import add_photo, change_photo
from portal.publicity.service.articles import edit_article, step_article
from portal.publicity.service.personal import ArticlesOfAPerson
from portal.publicity.service.role_models import agree
from portal.reports.models import Case
from portal.reports.rules.codes import State
from tests.make import reports
from tests.make.articles import NOW, WHY, Newsroom, newsroom, photo, wish
from tests.make.together import at_once

DAY = timedelta(days=1)


@pytest.fixture
def there(app: Flask, database: Database) -> Newsroom:
    return newsroom(database)


def _refused(act: Callable[[], object], code: ArticleRefusal) -> None:
    with pytest.raises(Refused) as refusal:
        act()
    assert refusal.value.code is code


def _edit(there: Newsroom, number: str, seen: str, **changes: object) -> bool:
    """Save over what was seen; whether it was still there."""
    try:
        with there.database.write() as session:
            edit_article(session, there.third, number, wish(**changes), seen=seen, now=NOW)
    except Conflict:
        return False
    return True


# --- two who write --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [{"title": "甲"}, {"summary": "甲"}, {"body": "甲"}, {"masked_why": "办公电话"},
     {"origin": Origin(Provenance.OWN, "城管局")},
     {"origin": Origin(Provenance.OWN, "城市管理局", "小李")},
     {"origin": Origin(Provenance.REPOSTED, "城市管理局", address="https://example.org/1",
                       on=NOW.date())}],
)  # fmt: skip
def test_whoever_saves_overwrites_nothing_that_she_has_not_seen(
    there: Newsroom, changes: dict[str, object]
) -> None:
    number = there.write()
    seen = there.version(number).mark
    assert _edit(there, number, seen, **changes)
    first = there.version(number)
    assert not _edit(there, number, seen, title="乙")
    assert there.version(number) == first
    assert _edit(there, number, first.mark, title="乙")


def test_of_two_who_save_at_once_one_is_told(there: Newsroom) -> None:
    for _ in range(3):
        number = there.write()
        seen = there.version(number).mark
        saved = at_once(*(partial(_edit, there, number, seen, title=one) for one in "甲乙"))
        assert sorted(saved) == [False, True]
        assert there.version(number).title == "甲乙"[saved.index(True)]


def test_a_step_is_taken_over_the_words_that_were_read(there: Newsroom) -> None:
    number = there.write()
    read = there.mark(number)
    assert _edit(there, number, there.version(number).mark, title="改动")
    with there.database.write() as session, pytest.raises(Conflict):
        step_article(session, there.writer, number, ArticleStep.SEND, seen=read, reason="", now=NOW)


# --- what a text rests on -------------------------------------------------------------------------


def _correct(there: Newsroom, number: str, **changes: object) -> None:
    there.step(there.writer, number, ArticleStep.CORRECT, WHY)
    with there.database.write() as session:
        seen = there.version(number).mark
        edit_article(session, there.writer, number, wish(**changes), seen=seen, now=NOW)
    there.step(there.writer, number, ArticleStep.SEND)
    there.step(there.second, number, ArticleStep.APPROVE)


def test_a_reading_of_a_policy_that_was_withdrawn_can_be_corrected(there: Newsroom) -> None:
    policy, other = (there.published(ArticleKind.POLICY) for _ in range(2))
    number = there.published(ArticleKind.READING, policy_number=policy)
    draft = there.write(ArticleKind.READING, policy_number=policy)
    for one in (policy, other):
        there.step(there.writer, one, ArticleStep.WITHDRAW, WHY)
    _correct(there, number, title="更正", policy_number=policy)
    assert there.row(number).shown_version == 2
    assert there.version(number).policy_id == there.row(policy).id
    # a new choice of one that is withdrawn is none, nor is a first publication
    there.step(there.writer, number, ArticleStep.CORRECT, WHY)
    seen = there.version(number).mark
    chosen = partial(_edit, there, number, seen, policy_number=other)
    _refused(chosen, ArticleRefusal.NO_POLICY)
    there.step(there.writer, draft, ArticleStep.SEND)
    first = partial(there.step, there.second, draft, ArticleStep.APPROVE)
    _refused(first, ArticleRefusal.NO_POLICY)


def test_r192_a_typical_case_can_be_corrected_though_its_matter_was_opened_again(
    there: Newsroom,
) -> None:
    with there.database.write() as session:
        reports.category(session)
        case, other = (
            reports.case(session, there.area, state=State.CLOSED, at=NOW - DAY).number
            for _ in range(2)
        )
    number = there.published(ArticleKind.CASE, case_number=case)
    with there.database.write() as session:
        session.execute(update(Case).values(state=State.REOPENED, closed_at=None))
    _correct(there, number, title="更正", case_number=case)
    assert there.row(number).shown_version == 2
    there.step(there.writer, number, ArticleStep.CORRECT, WHY)
    seen = there.version(number).mark
    chosen = partial(_edit, there, number, seen, case_number=other)
    _refused(chosen, ArticleRefusal.NO_CASE)


# --- what leads to somebody -----------------------------------------------------------------------


def test_L6_source_author_and_the_words_of_a_photo_lead_to_nobody_either(there: Newsroom) -> None:
    phone, leads = "13800138000", ArticleRefusal.LEADS_TO_SOMEBODY
    for origin in (Origin(Provenance.OWN, phone), Origin(Provenance.OWN, "城管局", phone)):
        _refused(partial(there.write, origin=origin), leads)
    number = there.write()
    with there.database.write() as session:
        session.add(photo(session, session.scalars(select(ArticleVersion)).one()))
    with there.database.read() as session:
        code = session.scalars(select(ArticlePhoto.code)).one()

    def said(alt: str, *, remove: bool = False) -> None:
        with there.database.write() as session:
            change_photo(session, there.writer, number, code, alt, remove=remove)

    def added() -> None:
        with there.database.write() as session:
            none = KeptPhotos(new_id().hex, ())
            add_photo(session, there.writer, number, none, f"电话{phone}", now=NOW)

    _refused(partial(said, f"电话{phone}"), ArticleRefusal.PHOTO_LEADS)
    _refused(added, ArticleRefusal.PHOTO_LEADS)
    assert _edit(there, number, there.version(number).mark, masked_why="办公电话")
    said(f"电话{phone}")
    # the reason stays as long as the words do
    seen = there.version(number).mark
    _refused(partial(_edit, there, number, seen), ArticleRefusal.PHOTO_LEADS)
    said(f"电话{phone}", remove=True)
    assert _edit(there, number, seen)


# --- role models ----------------------------------------------------------------------------------


def _agree(there: Newsroom, number: str, name: str) -> bool:
    try:
        with there.database.write() as session:
            agree(session, there.her, number, name, seen=(1, 1), now=NOW + DAY)
    except Refused:
        return False
    return True


def _approve(there: Newsroom, number: str, seen: str) -> bool:
    try:
        with there.database.write() as session:
            step_article(
                session, there.second, number, ArticleStep.APPROVE, seen=seen, reason="", now=NOW
            )
    except (Conflict, Missing):
        return False
    return True


def test_L6_an_approval_is_of_the_name_and_the_agreement_that_were_read(there: Newsroom) -> None:
    number = there.about_her()
    there.agrees(number, "老街坊")
    seen = there.mark(number)
    assert _agree(there, number, "别的名字")
    assert not _approve(there, number, seen)
    assert there.seen() == []
    assert _approve(there, number, there.mark(number))


def test_L6_of_an_approval_and_another_name_at_once_no_unread_name_is_shown(
    there: Newsroom,
) -> None:
    for _ in range(3):
        number = there.about_her()
        there.agrees(number, "老街坊")
        seen = there.mark(number)
        renamed, approved = at_once(
            partial(_agree, there, number, "别的名字"), partial(_approve, there, number, seen)
        )
        assert renamed is not approved
        with there.database.read() as session:
            sealed = there.row(number).sealed_name or ""
            name = instance_of(session).vault.unseal(sealed)
        assert name == ("别的名字" if renamed else "老街坊")
        assert (number in there.seen()) is approved


def test_L6_her_list_shows_nothing_that_was_not_sent(there: Newsroom) -> None:
    number = there.about_her()
    there.agrees(number)
    there.step(there.second, number, ArticleStep.APPROVE)
    there.step(there.writer, number, ArticleStep.CORRECT, WHY)
    assert _edit(there, number, there.version(number).mark, title="尚未送出的标题")

    def titles() -> list[str]:
        with there.database.read() as session:
            return [row.title for row in articles_about(session, there.model.id)]

    assert titles() == ["热心邻里的人"]
    there.step(there.writer, number, ArticleStep.SEND)
    assert titles() == ["尚未送出的标题"]
    never = there.about_her()
    there.step(there.second, never, ArticleStep.SEND_BACK, WHY)
    assert titles() == ["尚未送出的标题"]


def test_P1_nothing_is_kept_of_a_page_about_somebody_that_was_withdrawn_long_ago(
    there: Newsroom,
) -> None:
    number, provider, news = there.about_her(), ArticlesOfAPerson(), there.published()
    there.agrees(number)
    there.step(there.second, number, ArticleStep.APPROVE)
    with there.database.write() as session:
        version = session.scalars(
            select(ArticleVersion).where(ArticleVersion.article_id == there.row(number).id)
        ).one()
        one = photo(session, version)
        session.add(one)
        key = one.blob_key
    for each in (number, news):
        there.step(there.writer, each, ArticleStep.WITHDRAW, WHY, now=NOW + DAY)
    edge = NOW + DAY + timedelta(days=KEEP_WITHDRAWN_DAYS)
    with there.database.write() as session:
        assert provider.due(session, edge - timedelta(seconds=1)) == {"article": 0}
        assert provider.due(session, edge) == {"article": 1}
        assert provider.expire(session, edge) == 1
        assert provider.expire(session, edge) == 0
    row = there.row(number)
    assert (row.state, row.person_id, row.withdrawn_why) == (ArticleState.ERASED, None, None)
    assert there.row(news).state is ArticleState.WITHDRAWN
    with there.database.read() as session:
        assert session.scalars(select(ArticleVersion.article_id)).all() == [there.row(news).id]
        with pytest.raises(KeyError):
            instance_of(session).blobs.open(key)


def test_P1_a_page_about_somebody_goes_in_time_though_nobody_said_yet_about_whom(
    there: Newsroom,
) -> None:
    number = there.write(ArticleKind.ROLE_MODEL)
    with there.database.write() as session:
        edge = NOW + timedelta(days=KEEP_OPEN_DAYS)
        assert ArticlesOfAPerson().expire(session, edge) == 1
    assert there.row(number).state is ArticleState.ERASED


def test_what_is_published_while_old_drafts_are_deleted_is_shown_or_gone(there: Newsroom) -> None:
    late = NOW + timedelta(days=KEEP_OPEN_DAYS)

    def expire() -> int:
        with there.database.write() as session:
            return ArticlesOfAPerson().expire(session, late)

    for _ in range(3):
        number = there.about_her()
        there.agrees(number)
        approved, gone = at_once(partial(_approve, there, number, there.mark(number)), expire)
        assert (approved, gone) in {(True, 0), (False, 1)}
        with there.database.read() as session:
            state = session.scalar(select(Article.state).where(Article.number == number))
        assert state is (ArticleState.PUBLISHED if approved else ArticleState.ERASED)
