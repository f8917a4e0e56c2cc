"""What is measured. Every figure that counts is a ratio of two things done in turn in one run."""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.plant import TAGS, deep_number
from bench.web import Answer, Line, latencies, throughputs
from portal.areas.queries import descendants_at_level, root_areas
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.ids import hash_token, new_token
from portal.reports.queries.listing import listing
from portal.reports.rules.codes import PublicState
from portal.reports.rules.intake import Contact
from portal.reports.rules.listing import Asked
from portal.reports.service.drafts import DraftRow, save_draft
from portal.site.demo.people import PASSWORD, demo_accounts
from portal.site.demo.words import load_words

DEEP = 0.9


@dataclass(frozen=True)
class Figure:
    """One line of the result. ``target`` None: for the record only."""

    what: str
    value: float
    target: float | None = None
    at_most: bool = True
    unit: str = "ratio"
    context: str = ""

    @property
    def good(self) -> bool | None:
        if self.target is None:
            return None
        return self.value <= self.target if self.at_most else self.value >= self.target


def list_against_template(engine: str, port: int, rounds: int, seconds: float) -> Figure:
    """The list beside the same template drawn from rows that were read once."""
    targets = [(port, "/reports/"), (port, "/bench/fixed")]
    real, fixed = throughputs(targets, rounds, seconds)
    return Figure(
        f"list page ÷ same template from fixed rows, {engine}",
        real / fixed,
        0.5,
        at_most=False,
        context=f"{real:.0f} and {fixed:.0f} pages/s",
    )


def list_on_engines(sqlite: int, postgres: int, rounds: int, seconds: float) -> Figure:
    """The same page on both engines."""
    targets = [(postgres, "/reports/"), (sqlite, "/reports/")]
    one, other = throughputs(targets, rounds, seconds)
    return Figure(
        "list page on PostgreSQL ÷ on SQLite",
        one / other,
        context=f"{one:.0f} and {other:.0f} pages/s",
    )


@dataclass(frozen=True)
class Filtered:
    """A way to ask for the list."""

    name: str
    asked: dict[str, str]

    def path(self, before: str = "") -> str:
        pairs = {**self.asked, **({"before": before} if before else {})}
        return "/reports/" + ("?" if pairs else "") + "&".join(f"{k}={v}" for k, v in pairs.items())


def filters(database: Database) -> list[Filtered]:
    """The list plain, by each filter, and by what is found often and seldom."""
    with database.read() as session:
        city = root_areas(session)[0]
        street = descendants_at_level(session, city.path, "street")[0]
        community = descendants_at_level(session, street.path, "community")[0]
    often = load_words().reports["street_lamp"][0][:2]
    area, kind = {"area": street.code}, {"category": "street_lamp"}
    assigned = {"state": PublicState.ASSIGNED.value}
    return [
        Filtered("no filter", {}),
        Filtered("street", area),
        Filtered("community", {"area": community.code}),
        Filtered("category", kind),
        Filtered("state, common", {"state": PublicState.FED_BACK.value}),
        Filtered("state, rare", assigned),
        Filtered("words found often", {"q": often}),
        Filtered("words found seldom", {"q": f"{TAGS // 2:05}"}),
        Filtered("street and category", area | kind),
        Filtered("category and state", kind | assigned),
        Filtered("street and words", area | {"q": often}),
        Filtered("map window", {"bbox": "119.90,36.75,120.00,36.82"}),
    ]


def depth(engine: str, database: Database, port: int, rounds: int) -> list[Figure]:
    """The first page and one far down, for each filter; asked in turn."""
    with database.read() as session:
        before = deep_number(session, DEEP)
    found = []
    for one in filters(database):
        first, deep = latencies(port, [one.path(), one.path(before)], rounds)
        inside = [_listing_ms(database, Asked(**one.asked, before=b)) for b in ("", before)]
        found.append(
            Figure(
                f"deep page ÷ first page, {one.name}, {engine}",
                deep / first,
                1.5,
                context=f"{deep * 1000:.1f} and {first * 1000:.1f} ms; "
                f"of these the queries {inside[1]:.1f} and {inside[0]:.1f} ms",
            )
        )
    return found


def _listing_ms(database: Database, asked: Asked, rounds: int = 15) -> float:
    taken = []
    for _ in range(rounds):
        with database.read() as session:
            start = time.perf_counter()
            listing(session, asked)
            taken.append(time.perf_counter() - start)
    return median(taken) * 1000


def size(engine: str, small: int, large: int, count: int, rounds: int) -> Figure:
    """The first page of a large list beside that of a small one."""
    one, other = throughputs([(large, "/reports/"), (small, "/reports/")], rounds, 1.0)
    return Figure(
        f"throughput at {count:,} reports ÷ at 1,000, {engine}",
        one / other,
        context=f"{one:.0f} and {other:.0f} pages/s",
    )


WIDE_PAGES = (
    ("home", "/"),
    ("map", "/reports/map"),
    ("one street", "/places/370283001"),
    ("figures", "/data/"),
    ("desk queue", "/desk/"),
)


def other_pages(engine: str, small: int, large: int, count: int, rounds: int) -> list[Figure]:
    """Pages that count or gather, on a large and on a small installation; asked in turn."""
    found = []
    with Line(large) as one, Line(small) as other:
        for line in (one, other):
            _sign_in(line, "street_desk")
        for name, path in WIDE_PAGES:
            pairs = [(one.get(path).seconds, other.get(path).seconds) for _ in range(rounds)]
            slow, fast = (median(seconds) for seconds in zip(*pairs, strict=True))
            words = f"{slow * 1000:.1f} and {fast * 1000:.1f} ms"
            what = f"{name} at {count:,} reports ÷ at 1,000, {engine}"
            found.append(Figure(what, slow / fast, context=words))
    return found


def filing(engine: str, database: Database, port: int, rounds: int) -> Figure:
    """The last step of a report, sent through the portal, beside a bare two-insert transaction."""
    chance = random.Random(7)
    sent, bare = [], []
    for at in range(rounds + 2):
        with Line(port) as line:
            line.cookies["draft"] = _ready_draft(database)
            fields = line.get("/reports/new/check").hidden
            address = ".".join(["10", *(str(chance.randrange(256)) for _ in range(3))])
            answer = line.post("/reports/new/check", fields, {"X-Forwarded-For": address})
            least = line.post("/bench/insert", {}, {})
        if (answer.status, least.status) != (303, 200):
            raise RuntimeError(f"a report was answered {answer.status}, an insert {least.status}")
        if at >= 2:
            sent.append(answer.seconds)
            bare.append(least.seconds)
    real, least_seconds = median(sent), median(bare)
    return Figure(
        f"report POST ÷ bare two-insert transaction, {engine}",
        real / least_seconds,
        context=f"{real * 1000:.1f} and {least_seconds * 1000:.1f} ms, {answer.queries} queries",
    )


def _ready_draft(database: Database) -> str:
    """A draft that only has to be sent; the token of its cookie."""
    token = new_token()
    with database.read() as session:
        city = root_areas(session)[0]
        area = descendants_at_level(session, city.path, "community")[0]
    answers = {
        "photo_answered": True, "area_code": area.code, "lon": area.lon, "lat": area.lat,
        "category_code": "litter", "words": load_words().reports["litter"][0],
        "place_words": load_words().places[0], "words_answered": True,
        "contact": Contact.NONE, "publish": True,
    }  # fmt: skip
    with database.write() as session:
        blank = DraftRow(hash_token(token))
        save_draft(session, blank, 0, answers, person_id=None, now=now())
    return token


def pages(port: int) -> list[tuple[str, Answer]]:
    """Each kind of page once, with its queries and its size."""
    with Line(port) as line:
        listed = line.get("/reports/")
        number = _first_link(listed, "/reports/", 11)
        asked = [
            ("home", "/"), ("list", "/reports/"), ("list, searched", "/reports/?q=00042"),
            ("one report", f"/reports/{number}"), ("map", "/reports/map"),
            ("place", "/places/370283001"), ("figures", "/data/"), ("report form", "/reports/new"),
        ]  # fmt: skip
        found = [(name, line.get(path)) for name, path in asked]
        _sign_in(line, "street_desk")
        found += [("desk queue", line.get("/desk/")), ("my page", line.get("/me"))]
        case = _first_link(line.get("/desk/"), "/desk/cases/", 11)
        found.append(("one case at the desk", line.get(f"/desk/cases/{case}")))
    return found


def _first_link(answer: Answer, start: str, length: int) -> str:
    body = answer.body.decode()
    for part in body.split(f'href="{start}')[1:]:
        name = part[:length]
        if name[5:6] == "-" and part[length] in '"?':
            return name
    raise RuntimeError(f"no link {start}… on the page")


def _sign_in(line: Line, role: str) -> None:
    phone = next(account.phone for account in demo_accounts() if account.role == role)
    fields = line.get("/sign-in/password").hidden
    answer = line.post("/sign-in/password", fields | {"phone": phone, "password": PASSWORD}, {})
    if answer.status != 303:
        raise RuntimeError(f"the demo account did not sign in: {answer.status}")


def list_limits(engine: str, found: Sequence[tuple[str, Answer]]) -> list[Figure]:
    """What the list must keep to: at most 4 queries and 60 KB."""
    answer = dict(found)["list"]
    return [
        Figure(f"queries of the list, {engine}", answer.queries, 4, unit="queries"),
        Figure(f"size of the list, {engine}", len(answer.body) / 1000, 60, unit="KB"),
    ]
