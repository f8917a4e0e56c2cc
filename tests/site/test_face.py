"""What residents read: plain words of one country in both scripts, signs, and no detours."""

import re
from collections.abc import Callable

import pytest
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup
from sqlalchemy import select

from portal.kernel.config import CHECKOUT
from portal.reports.models import Category
from portal.reports.rules.kinds import OWN_DOORS
from tests.make.all_pages import all_pages
from tests.make.visitors import ASKER, MOVER, SENDER, WRITER, Visitors

RESIDENTS = {"", "resident", ASKER, MOVER, WRITER, SENDER}
# staff call it so; residents read 事项 and the words spelt out
OFFICE_WORDS = ("案件", "三无", "三無")
TITLE = re.compile("《[^》]*》")
# said in Taiwan or Hong Kong; the mainland says 信息, 网络, 软件, 链接, 登录, 短信, 打印 …
ELSEWHERE = (
    "資訊|網路|軟體|硬體|影片|螢幕|預設|伺服器|訊息|連結|滑鼠|程式|登入|登出|帳號|帳戶|"
    "搜尋|簡訊|檔案|列印|支援|視窗|回饋|社群|數位|線上|使用者|專案|選單|儲存|載入|匯出|"
    "匯入|介面|行動電話|影印|計程車|捷運|垃圾車站"
)
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,:;?!()]|[,:;?!()][\u4e00-\u9fff]")
Read = Callable[[str], dict[str, BeautifulSoup]]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here differs between the engines."""
    return sqlite_url


@pytest.fixture(scope="module")
def read(visitors: Visitors) -> Read:
    """Every page that residents open, in a language."""

    def pages(language: str) -> dict[str, BeautifulSoup]:
        return {
            stop.path: BeautifulSoup(
                visitors.client(stop.who, lang=language, offered="1").get(stop.path).text,
                "html.parser",
            )
            for stop in all_pages(visitors.demo)
            # the collector's page without a network is the same for everybody, and staff's own
            if stop.who in RESIDENTS and not stop.path.startswith("/desk/")
        }

    return pages


def sentences(language: str) -> list[str]:
    """Every sentence of a catalogue."""
    path = CHECKOUT / f"translations/{language}/LC_MESSAGES/messages.po"
    with path.open("rb") as file:
        found = [message.string for message in read_po(file, locale=language) if message.id]
    return [text for one in found for text in ([one] if isinstance(one, str) else one)]


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant"])
def test_residents_read_no_word_of_the_office(read: Read, language: str) -> None:
    # the names of laws and standards are what they are
    pages = {path: TITLE.sub("", page.get_text(" ")) for path, page in read(language).items()}
    found = [(path, word) for path, text in pages.items() for word in OFFICE_WORDS if word in text]
    assert found == []
    assert any("事项" in text or "事項" in text for text in pages.values())
    assert any("案件" in text for text in sentences(language)), "the desk does say it"


def test_traditional_characters_say_the_words_of_the_mainland(read: Read) -> None:
    pages = [page.get_text(" ") for page in read("zh_Hant").values()]
    found = {
        word for text in [*pages, *sentences("zh_Hant")] for word in re.findall(ELSEWHERE, text)
    }
    assert found == set()
    assert any("信息" in text for text in sentences("zh_Hant"))


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant"])
def test_chinese_sentences_have_full_width_signs(language: str) -> None:
    found = [text for text in sentences(language) if HALF_WIDTH.search(text)]
    assert found == []
    assert HALF_WIDTH.search("您好,请进")


def test_the_way_to_report_needs_no_download_and_no_other_window(read: Read) -> None:
    way = {path: page for path, page in read("zh_Hans").items() if path.startswith("/reports/new")}
    assert len(way) >= 8
    for path, page in way.items():
        assert not page.select("[download], [target], [formtarget]"), path
        assert not page.select("main form a[href*='print'], main form a[href*='paper']"), path


def test_each_kind_has_a_sign_and_a_plain_sentence_where_one_chooses(visitors: Visitors) -> None:
    stop = next(stop for stop in all_pages(visitors.demo) if stop.name == "reports.what")
    page = visitors.client(stop.who, lang="zh_Hans", offered="1").get(stop.path)
    soup = BeautifulSoup(page.text, "html.parser")
    buttons = {str(one["value"]): one for one in soup.select("button[name=category]")}
    with visitors.demo.database.read() as session:
        kinds = session.execute(select(Category.code, Category.hint_zh_Hans)).all()
    assert len(kinds) >= 30
    for code, sentence in kinds:
        if code in OWN_DOORS:
            continue
        button = buttons[code]
        assert button.select_one("svg use"), f"{code}: no sign"
        assert len(sentence) >= 6, f"{code}: no sentence"
        assert sentence in button.get_text(" ", strip=True), f"{code}: {button.get_text()}"
