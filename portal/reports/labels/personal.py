"""What is kept of a reporter, as she reads it on her own page."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from portal.accounts.labels import register_reader
from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.reports.labels.case import REVIEWS, STATES, TEXT_KINDS
from portal.reports.labels.doors import CONSENT_WAYS, PROXY_RELATIONS
from portal.reports.rules.codes import Review, State, TextKind
from portal.reports.rules.doors import ConsentWay, ProxyRelation
from portal.satisfaction.labels import LEVELS, REASONS
from portal.satisfaction.rules import Level, Reason

Record = Mapping[str, Any]


def _report(record: Record) -> Iterator[Any]:
    yield record["number"]
    yield in_words(record["category_names"])
    yield str(STATES[State(record["state"])])
    yield record["reported_at"]
    if record["latitude"] is not None:
        yield f"{record['latitude']}, {record['longitude']}"
    yield from (record["name"], record["phone"])
    if record["sealed"]:
        yield _("Hide from the handling unit who I am")


def _text(record: Record) -> Iterator[Any]:
    yield from (record["number"], str(TEXT_KINDS[TextKind(record["kind"])]), record["text"])
    yield str(REVIEWS[Review(record["review"])])


def _photo(record: Record) -> Iterator[Any]:
    yield from (record["number"], record["added_at"], record["file"])
    yield str(REVIEWS[Review(record["review"])])


def _answer(record: Record) -> Iterator[Any]:
    yield from (record["number"], record["value"])


def _urge(record: Record) -> Iterator[Any]:
    yield from (record["number"], record["day"])


def _consent(record: Record) -> Iterator[Any]:
    yield from (record["number"], record["filed_at"], record["words"])
    yield str(PROXY_RELATIONS[ProxyRelation(record["relation"])]) if record["relation"] else None
    yield str(CONSENT_WAYS[ConsentWay(record["way"])]) if record["way"] else None
    if record["paper"]:
        yield _("A photo of the signed paper is kept inside")


def _voice(record: Record) -> Iterator[Any]:
    yield from (record["number"], record["at"])


def _rating(record: Record) -> Iterator[Any]:
    yield from (record["number"], record["changed_at"])
    yield f"{_('Is the problem solved?')} {_('Yes') if record['solved'] else _('No')}"
    yield str(LEVELS[Level(record["result_level"])])
    yield str(LEVELS[Level(record["service_level"])])
    yield from (str(REASONS[Reason(code)]) for code in record["reasons"])
    yield record["words"]
    if record["shown_since"]:
        yield _("The unit sees it since %(moment)s", moment=record["shown_since"])


def _draft(record: Record) -> Iterator[Any]:
    answers = json.loads(record["answers"])
    yield from (record["begun_at"], answers.get("words"), answers.get("place_words"))
    yield answers.get("phone")


register_reader("case_reporter", _l("Which reports are yours"), _report)
register_reader("case_text", _l("What you wrote in a report"), _text)
register_reader("case_photo", _l("Photos you sent"), _photo)
register_reader("case_urge", _l("The days on which you chased a report"), _urge)
register_reader("case_answer", _l("What else you answered about a report"), _answer)
register_reader(
    "case_still_there", _l("When you said that a closed matter was still there"), _voice
)
register_reader("case_proxy", _l("How you agreed that somebody files for you"), _consent)
register_reader("rating", _l("What you answered when you rated a matter"), _rating)
register_reader("draft", _l("Reports you have not sent yet"), _draft)
