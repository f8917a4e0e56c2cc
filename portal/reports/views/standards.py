"""The public library of standards: what each kind of problem rests on, and how that changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.areas.rules import Tag
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.spreadsheets import csv_bytes
from portal.kernel.web import instance, reading
from portal.kernel.words import say
from portal.reports.labels.categories import GROUPS, limit_words, source_words
from portal.reports.labels.standards import STANDARD_KINDS, rule_words
from portal.reports.queries.categories import categories_on, category_row_of
from portal.reports.queries.limits import conditions_of
from portal.reports.queries.standards import LimitVersion, limit_versions, special_limits
from portal.reports.rules.categories import (
    CategoryRow,
    FunctionGroup,
    LimitRow,
    find_categories,
)
from portal.reports.rules.kinds import OWN_DOORS
from portal.reports.rules.limits import Limit
from portal.reports.rules.standards import CitedRule, cited_on, cited_rules, names_text
from portal.reports.views.blueprint import bp

LONGEST_SEARCH = 60
COLUMNS = (
    "category", "group", "name", "name_zh_Hant", "name_en", "event_codes", "component_codes",
    "what", "kind", "number", "title", "article", "minutes", "round_the_clock", "source",
    "valid_from", "valid_to",
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A kind of problem with all that was ever promised and cited."""

    row: CategoryRow
    limits: Sequence[LimitVersion]
    rules: Sequence[CitedRule]

    def limit_on(self, on: date) -> LimitRow | None:
        return next((one.limit for one in self.limits if one.limit.valid_from <= on), None)


def _today() -> date:
    return city_day(now(), instance().city.zone)


def _entries() -> list[Entry]:
    limits = limit_versions(reading())
    rows = categories_on(reading(), _today())
    return [Entry(row, limits.get(row.code, []), cited_rules(row.code)) for row in rows]


def _searched(entries: Sequence[Entry], typed: str) -> list[Entry]:
    """Those whose name, everyday word, or cited text fits."""
    if not typed:
        return list(entries)
    named = {row.code for row in find_categories([one.row for one in entries], typed)}
    return [one for one in entries if one.row.code in named or _cites(one, typed)]


def _cites(entry: Entry, typed: str) -> bool:
    # what holds for every kind finds none of them
    return names_text((rule for rule in entry.rules if rule.standard.code != "case_closing"), typed)


@bp.get("/standards/")
@public
def standards_library() -> ResponseReturnValue:
    """Each kind of problem, its time limit, and the law or standard it rests on today."""
    typed, today = request.args.get("q", "")[:LONGEST_SEARCH].strip(), _today()
    found = _searched(_entries(), typed)
    groups = [(GROUPS[group], [one for one in found if one.row.group is group])
              for group in FunctionGroup]  # fmt: skip
    return render_template(
        "reports/public/standards.html", groups=[pair for pair in groups if pair[1]], typed=typed,
        today=today, cited=cited_on, rule_words=rule_words, limit_words=limit_words,
    )  # fmt: skip


@bp.get("/standards/<string(maxlength=40):code>")
@public
def standard_of(code: str) -> ResponseReturnValue:
    """One kind: what holds today, and every version there was."""
    row = category_row_of(reading(), code)
    if row is None or code in OWN_DOORS:
        raise Missing
    entry = Entry(row, limit_versions(reading()).get(code, []), cited_rules(code))
    return render_template(
        "reports/public/standard.html", entry=entry, today=_today(), group=GROUPS[row.group],
        kinds=STANDARD_KINDS, rule_words=rule_words, limit_words=limit_words,
        source_words=source_words, special=_special(code),
    )  # fmt: skip


def _special(code: str) -> list[dict[str, Any]]:
    """Limits for a condition or a kind of place, stage by stage."""
    names = conditions_of(reading(), code, _today())
    return [_one_special(one, names) for one in special_limits(reading(), code)]


def _one_special(one: Limit, names: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    return {
        "condition": names.get(one.condition, {}),
        "place": say(Tag(one.tag)) if one.tag else "",
        "valid_from": one.valid_from,
        "source": source_words(one.source),
        "stages": [
            (
                limit_words(LimitRow(s.minutes, one.round_the_clock, one.source, one.valid_from)),
                s.names,
                s.closing,
            )
            for s in one.stages
        ],
    }


# --- for programs ---------------------------------------------------------------------------------


@bp.get("/data/standards.csv")
@public
def standards_csv() -> ResponseReturnValue:
    """Every version as a table: a row for each limit and each citation."""
    rows = (line for entry in _entries() for line in _lines(entry))
    response = Response(csv_bytes(COLUMNS, rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="standards.csv"'
    return response


def _lines(entry: Entry) -> Iterable[Sequence[object]]:
    row = entry.row
    names = (row.names.get(language, "") for language in ("zh_Hans", "zh_Hant", "en"))
    codes = (" ".join(row.event_codes), " ".join(row.component_codes))
    head = (row.code, row.group.value, *names, *codes)
    for version in entry.limits:
        limit = version.limit
        yield (
            *head, "limit", "", "", "", "", limit.minutes,
            "yes" if limit.round_the_clock else "no", limit.source,
            limit.valid_from.isoformat(), _iso(version.valid_to),
        )  # fmt: skip
    for rule in entry.rules:
        text = rule.standard
        yield (
            *head, "rule", text.kind.value, text.number, text.names["zh_Hans"],
            rule.article or "", "", "", "", rule.valid_from.isoformat(), _iso(rule.valid_to),
        )  # fmt: skip


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


@bp.get("/data/standards.json")
@public
def standards_json() -> ResponseReturnValue:
    """The same for programs."""
    return jsonify({"date": _today().isoformat(), "categories": [_said(one) for one in _entries()]})


def _said(entry: Entry) -> dict[str, Any]:
    row = entry.row
    return {
        "code": row.code, "group": row.group.value, "names": dict(row.names),
        "event_codes": list(row.event_codes), "component_codes": list(row.component_codes),
        "limits": [
            {
                "minutes": one.limit.minutes, "round_the_clock": one.limit.round_the_clock,
                "source": one.limit.source, "valid_from": one.limit.valid_from.isoformat(),
                "valid_to": _iso(one.valid_to) or None,
            }
            for one in entry.limits
        ],
        "rules": [
            {
                "standard": rule.standard.code, "kind": rule.standard.kind.value,
                "number": rule.standard.number, "names": dict(rule.standard.names),
                "article": rule.article, "valid_from": rule.valid_from.isoformat(),
                "valid_to": _iso(rule.valid_to) or None,
            }
            for rule in entry.rules
        ],
    }  # fmt: skip
