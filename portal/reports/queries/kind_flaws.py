"""What is wrong with the shipped tables of kinds: for ``gongzhi city check`` and for a test."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

from portal.reports.queries.kinds import DATA, read_rows
from portal.reports.rules.emergency import Emergency
from portal.reports.rules.kinds import EVERY, Asked, Audience, RequestKind
from portal.reports.rules.seasons import Effect

NAMES = ("categories.tsv", "categories-khb.tsv", "own_doors.tsv")
Row = Mapping[str, str]
Rows = list[dict[str, str]]


class Tables:
    """The tables of one folder, read once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.categories = [row for name in NAMES for row in self.rows(name)]
        self.subkinds = self.rows("subkinds.tsv")
        self.classes = {(row["kind"], row["code4"]) for row in self.rows("class_codes.tsv")}

    def rows(self, name: str) -> Rows:
        return read_rows(name, self.folder)

    @property
    def by_code(self) -> dict[str, dict[str, str]]:
        return {row["code"]: row for row in self.categories}


def find_kind_flaws(folder: Path = DATA) -> list[str]:
    """One sentence for everything that does not fit: a code that is not one, a class nobody can
    report, a kind of the hotline that no name leads to, a question without words.
    """
    tables = Tables(folder)
    checks: tuple[Callable[[Tables], Iterator[str]], ...] = (
        _subkinds,
        _reached,
        _requests,
        _questions,
        _seasons,
        _emergencies,
    )
    return [flaw for check in checks for flaw in check(tables)]


def _wordless(name: str, row: Row, *columns: str) -> Iterator[str]:
    for column in columns:
        for language in ("zh_Hans", "zh_Hant", "en"):
            if not row.get(f"{column}_{language}"):
                yield f"{name}: {_what(row)} has no {column}_{language}"


def _what(row: Row) -> str:
    parts = (row.get(column, "") for column in ("category", "subkind", "key", "code", "kind"))
    return " ".join(part for part in parts if part)


def _unknown(cell: str, known: set[str], words: str) -> Iterator[str]:
    return (f"{words}: {code} is not known" for code in cell.split() if code not in known)


def _subkinds(tables: Tables) -> Iterator[str]:
    """Each belongs to a plain name, which carries all of its codes (R118: event and component)."""
    seen: set[tuple[str, str]] = set()
    for row in tables.subkinds:
        words = f"subkinds.tsv: {_what(row)}"
        key = (row["category"], row["code"])
        if key in seen:
            yield f"{words} stands there twice"
        seen.add(key)
        above = tables.by_code.get(row["category"])
        if above is None:
            yield f"{words} belongs to no category"
            continue
        for kind in ("event", "component"):
            yield from _unknown(row[f"{kind}_codes"], set(above[f"{kind}_codes"].split()), words)
        yield from _unknown(row["requests"], set(RequestKind), words)
        yield from _wordless("subkinds.tsv", row, "name")


def _reached(tables: Tables) -> Iterator[str]:
    """Every class of the trade can be reported under some plain name, and none is invented."""
    used = {
        (kind, code)
        for row in tables.categories
        for kind in ("event", "component")
        for code in row[f"{kind}_codes"].split()
    }
    for kind, code in sorted(tables.classes - used):
        yield f"class_codes.tsv: no name leads to {kind} class {code}"
    for kind, code in sorted(used - tables.classes):
        yield f"categories.tsv: {code} is no {kind} class"


def _requests(tables: Tables) -> Iterator[str]:
    rows = tables.rows("request_kinds.tsv")
    told = {row["category"] for row in rows if row["requests"].split()}
    for code in sorted(set(tables.by_code) - told):
        yield f"request_kinds.tsv: {code} has no kind for the hotline"
    for row in rows:
        yield from _unknown(row["requests"], set(RequestKind), f"request_kinds.tsv: {_what(row)}")
    used = {word for row in (*rows, *tables.subkinds) for word in row["requests"].split()}
    for kind in sorted(set(RequestKind) - used):
        yield f"request_kinds.tsv: no name leads to {kind.value}"


def _questions(tables: Tables) -> Iterator[str]:
    chosen = {row["key"] for row in tables.rows("choices.tsv")} | {"subkind"}
    for row in tables.rows("choices.tsv"):
        yield from _wordless("choices.tsv", row, "name")
    for row in tables.rows("questions.tsv"):
        words = f"questions.tsv: {_what(row)}"
        yield from _unknown(row["category"], {*tables.by_code, EVERY}, words)
        yield from _unknown(row["type"], set(Asked), words)
        yield from _unknown(row["audience"], set(Audience), words)
        if row["type"] == Asked.CHOICE and row["key"] not in chosen:
            yield f"{words} has nothing to choose from"
        if row["personal"] == "yes" and row["audience"] == Audience.PUBLIC:
            yield f"{words} is personal and would be public"
        yield from _wordless("questions.tsv", row, "name")


def _seasons(tables: Tables) -> Iterator[str]:
    finer = {(row["category"], row["code"]) for row in tables.subkinds}
    for row in tables.rows("seasons.tsv"):
        words = f"seasons.tsv: {_what(row)}"
        if (row["category"], row["subkind"]) not in finer:
            yield f"{words} is no finer kind"
        yield from _unknown(row["effect"], set(Effect), words)
        if not (_is_day(row["first"]) and _is_day(row["last"])):
            yield f"{words}: {row['first']} to {row['last']} are no days"
        yield from _wordless("seasons.tsv", row, "note")


def _is_day(cell: str) -> bool:
    try:
        # a leap year, so that the 29th of February is a day
        date.fromisoformat(cell if len(cell) > len("MM-DD") else f"2028-{cell}")
    except ValueError:
        return False
    return True


def _emergencies(tables: Tables) -> Iterator[str]:
    rows = tables.rows("emergency.tsv")
    for kind in sorted(set(Emergency) - {row["kind"] for row in rows}):
        yield f"emergency.tsv: no words for {kind.value}"
    for row in rows:
        yield from _unknown(row["kind"], set(Emergency), "emergency.tsv")
        yield from _wordless("emergency.tsv", row, "words")
        if not row["numbers"].split():
            yield f"emergency.tsv: {_what(row)} has nobody to call"
