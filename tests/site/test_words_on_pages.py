"""No string is left untranslated: every page in a pseudo-locale, and every page in Chinese.

The demo's data are Chinese, so a Latin word outside of the pseudo-locale's brackets was written
into a template or into the code; and one on the Chinese page has no words in the catalogue.
"""

import re
from collections.abc import Iterator

import pytest

from portal.kernel.i18n import babel
from portal.site.app import create_app
from tests.house import said
from tests.house.tree import ROOT
from tests.make.all_pages import Stop, all_pages
from tests.make.visitors import Visitors

MODES: tuple[dict[str, str], ...] = ({}, {"elder": "1"}, {"plain": "1"}, {"bar": "1"})
# what is written in Latin letters in Chinese too: formats, names of programs, short forms; codes;
# the test's own address; the hostile names of /parts
KNOWN = re.compile(
    # numbers of cases, people, cards: first, as one may begin with a short form (QR0Y1-8AP6Y)
    r"(?<![A-Za-z0-9])[A-Z0-9]{5}-[A-Z0-9]{5}(?![A-Za-z0-9])|"
    r"\b\d\d/\d\d/\d{4} \d\d:\d\d:\d\d AM\b|"  # how other systems write a moment
    r"(?<![A-Za-z])(QR|PDF|CSV|XLSX|Atom|Open311|UTF-8|METRES|GB18030|SHA-256|SHA256|SHA|JSON|JPEG|JPG|PNG|HEIC|WebP|GPS|GPX|ICP|GB/T|CJ/T|CJJ/T|SMS|PIN|TOTP|"
    r"WeChat|QQ|JavaScript|HTML|CSS|WCAG|API|URL|EXIF|GeoJSON|WGS|GCJ|BD|UTC|Excel|iPhone|Android|App|"
    r"Python|OpenSSL|tlog-scales|C2SP|"
    r"Gongzhi|English|Apache|CC BY|COUNT|MB|KB|km|Enter|Esc|Tab|Alt|Ctrl|Shift)(?![A-Za-z])"
    r"|\b[\w-]+:[\w:-]+\b"  # permissions and codes in the audit
    r"|\b(?:holiday|makeup)\b"  # codes that are typed for the days of a year
    r"|\bproxy-[\w-]+\b"  # which words of consent
    r"|\bcheck(?:-details)?\.(?:py|sh)\b|\.tlog-proof\b"  # files that check a receipt
    r"|\bRRULE\b|\bFREQ=[A-Z0-9;=,]+"  # how calendars write what recurs
    r"|“transfer”|“statement”"  # the two forms of a leaf, as they stand in it
    r"|\bPD-[\w-]+\b"  # codes of organisations
    r"|<script>alert\(1\)</script>|localhost[\w/]*|gnp\.exe|W{20,}"
    r"|Houxiangzi Community"  # a place's English name, on its keeper's page
    r"|https?://\S+|[\w./-]+\.(?:csv|json|md|txt|jpg|tsv)\b"
)


@pytest.fixture(autouse=True)
def no_catalogue_kept() -> Iterator[None]:
    """Flask-Babel keeps catalogues for the whole process: neither get nor leave another's."""
    _forget_catalogues()
    yield
    _forget_catalogues()


def _forget_catalogues() -> None:
    # absent as long as nothing has been translated
    vars(babel).pop("domain_instance", None)


@pytest.fixture(scope="module")
def bracketed(visitors: Visitors, tmp_path_factory: pytest.TempPathFactory) -> Visitors:
    """Visitors of the demo in the pseudo-locale, which takes the place of zh_Hans."""
    folder = tmp_path_factory.mktemp("bracketed")
    said.pseudo(ROOT, folder, "zh_Hans")
    demo = visitors.demo
    app = create_app(demo.app.extensions["gongzhi_instance"], demo.database)
    app.config["DEMO"] = True
    app.extensions["babel"].translation_directories[:] = [str(folder)]
    return visitors.before(app)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: next(iter(mode), "normal"))
def test_every_word_of_ours_comes_from_the_catalogue(
    bracketed: Visitors, mode: dict[str, str]
) -> None:
    faults = {
        f"{stop.path}: {' '.join(words)}"
        for stop in all_pages(bracketed.demo)
        for run in said.runs(_new_in(bracketed, stop, mode))
        if (words := said.latin_words(said.outside(run), KNOWN))
    }
    assert faults == set(), "\n".join(sorted(faults))


def _new_in(visitors: Visitors, stop: Stop, mode: dict[str, str]) -> str:
    """The page, or nothing where all it says stands on it in the usual mode too."""
    page = _page(visitors, stop, mode)
    key = id(visitors), stop.who, stop.path
    if not mode:
        _USUAL[key] = page
        return page
    if key not in _USUAL:
        _USUAL[key] = _page(visitors, stop, {})
    return page if said.adds(page, _USUAL[key], KNOWN) else ""


_USUAL: dict[tuple[int, str, str], str] = {}


def test_every_word_of_ours_has_chinese_words(visitors: Visitors) -> None:
    faults: dict[str, str] = {}
    for stop in all_pages(visitors.demo):
        for piece in said.pieces(_page(visitors, stop, {})):
            if said.latin_words(piece, KNOWN):
                faults.setdefault(piece, stop.path)
    assert faults == {}, "\n".join(f"{path}: {piece}" for piece, path in faults.items())


def _page(visitors: Visitors, stop: Stop, mode: dict[str, str]) -> str:
    client = visitors.client(stop.who, lang="zh_Hans", **mode)
    return client.get(stop.path).get_data(as_text=True)


def test_what_a_mode_adds_is_read_again() -> None:
    usual = '<p>⟦A sen<wbr>tence with <a href="/">a link</a>⟧ <img alt="平度"> 12</p>'
    for same in (
        usual,
        usual.replace("<wbr>", ""),
        usual.replace('"/"', '"/elder"'),
        f"{usual}<b>⟦⟦Minutes⟧ left⟧</b>",
        f"{usual}<input type='hidden' value='a token'>",
    ):
        assert not said.adds(same, usual, KNOWN), same
    for more in ("Forgotten", '<img alt="Forgotten">', '<input type="submit" value="Send it">',
                 '⟦One <a href="/">link</a>⟧'):  # fmt: skip
        assert said.adds(usual + more, usual, KNOWN), more


def test_the_pseudo_locale_finds_what_is_planted() -> None:
    page = (
        '<p>⟦A sentence with <a href="/">a link</a>⟧ and 平度 forgotten words</p>'
        '<img alt="Forgotten too"><button aria-label="⟦Said⟧">⟦Said %d⟧</button>'
        '<span lang="en">English</span> <span translate="no">Zhang San</span>'
        '<input type="submit" value="Send it"><script>let word = 1;</script>'
    )
    found = [said.latin_words(said.outside(run), KNOWN) for run in said.runs(page)]
    assert [words for words in found if words] == [
        ["and", "forgotten", "words"],
        ["Forgotten", "too"],
        ["Send", "it"],
    ]
