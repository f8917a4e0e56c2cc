"""The catalogue of open data, as DCAT (JSON-LD): every release with its files. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from portal.satisfaction.rules import SubjectKind
from portal.satisfaction.rules.files import FILES, LICENCE, words

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "spdx": "http://spdx.org/rdf/terms#",
}


class _Release(Protocol):
    @property
    def slug(self) -> str: ...
    @property
    def month(self) -> str: ...
    @property
    def kind(self) -> SubjectKind: ...
    @property
    def newest(self) -> bool: ...
    @property
    def released_at(self) -> datetime: ...
    @property
    def digest(self) -> str: ...


class _OldMonth(Protocol):
    @property
    def month(self) -> str: ...
    @property
    def computed_at(self) -> datetime: ...


def catalog_of(
    origin: str,
    publisher: Mapping[str, str],
    releases: Iterable[_Release],
    old_months: Iterable[_OldMonth],
) -> dict[str, Any]:
    """The catalogue, with absolute addresses."""
    return {
        "@context": CONTEXT,
        "@type": "dcat:Catalog",
        "@id": f"{origin}/data/catalog.json",
        "dct:title": publisher["zh_Hans"],
        "dct:license": LICENCE["path"],
        "dcat:dataset": [
            *(_dataset(origin, one) for one in releases),
            *(_old_dataset(origin, one) for one in old_months),
        ],
    }


def _dataset(origin: str, one: _Release) -> dict[str, Any]:
    page = f"{origin}/data/satisfaction/{one.slug}/"
    kind = words(f"kind.{one.kind}")
    titles = words("title")
    return {
        "@type": "dcat:Dataset",
        "@id": page,
        "dct:identifier": one.slug,
        "dct:title": [
            {"@language": language, "@value": titles[at].format(month=one.month, kind=kind[at])}
            for at, language in enumerate(("zh-Hans", "en"))
        ],
        "dct:issued": one.released_at.isoformat(timespec="seconds"),
        "dct:temporal": one.month,
        "dct:license": LICENCE["path"],
        "dcat:landingPage": page,
        "dcat:version": "latest" if one.newest else "superseded",
        "spdx:checksum": {"spdx:algorithm": "sha256", "spdx:checksumValue": one.digest},
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dct:title": name,
                "dcat:downloadURL": page + name,
                "dcat:mediaType": media,
            }
            for name, media in FILES.items()
        ],
    }


def _old_dataset(origin: str, one: _OldMonth) -> dict[str, Any]:
    page = f"{origin}/data/satisfaction/{one.month}/"
    address = f"{origin}/data/satisfaction/{one.month}.csv"
    return {
        "@type": "dcat:Dataset",
        "@id": page,
        "dct:identifier": one.month,
        "dct:title": words("old_title")[0].format(month=one.month),
        "dct:issued": one.computed_at.isoformat(timespec="seconds"),
        "dct:temporal": one.month,
        "dct:license": LICENCE["path"],
        "dcat:landingPage": page,
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dct:title": "CSV",
                "dcat:downloadURL": address,
                "dcat:mediaType": "text/csv",
            }
        ],
    }
