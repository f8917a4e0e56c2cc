"""Canonical JSON: one way only to write a thing, so that its hash is that of its meaning.

RFC 8785 for text, whole numbers, lists and objects. Fractions, ``true``, ``false`` and ``null``
are refused: two programs that write the same fraction may write different bytes.
"""

import json
from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring
from typing import NoReturn, TypeAlias

Json: TypeAlias = "str | int | Sequence[Json] | Mapping[str, Json]"

LARGEST = 2**53 - 1  # RFC 8785 numbers are doubles; beyond this other readers lose the last digits
DEEPEST = 16


class NotCanonical(ValueError):
    """A thing that has no canonical form, or bytes that are not in it."""


def canonical(value: Json) -> bytes:
    """The bytes of a thing. Raises NotCanonical and names the place of what cannot be written."""
    try:
        return _written(value, "$", 0).encode()
    except UnicodeEncodeError as error:
        raise NotCanonical("a text holds half a character (a lone surrogate)") from error


def _written(value: Json, where: str, depth: int) -> str:
    if depth > DEEPEST:
        raise NotCanonical(f"{where}: deeper than {DEEPEST}")
    match value:
        case bool():
            raise NotCanonical(f"{where}: bool has no place in a leaf")
        case int() if -LARGEST <= value <= LARGEST:
            return int.__repr__(value)
        case int():
            raise NotCanonical(f"{where}: a number beyond 2^53")
        case str():
            return encode_basestring(value)
        case list() | tuple():
            inner = (_written(each, f"{where}[{at}]", depth + 1) for at, each in enumerate(value))
            return f"[{','.join(inner)}]"
        case Mapping():
            return _object(value, where, depth)
        case _:
            raise NotCanonical(f"{where}: {type(value).__name__} has no place in a leaf")


def _object(value: Mapping[str, Json], where: str, depth: int) -> str:
    for key in value:
        if not isinstance(key, str):
            raise NotCanonical(f"{where}: a name that is no text")
    members = (
        f"{encode_basestring(key)}:{_written(value[key], f'{where}.{key}', depth + 1)}"
        for key in sorted(value, key=_utf16)
    )
    return f"{{{','.join(members)}}}"


def _utf16(key: str) -> bytes:
    """RFC 8785 sorts names by their UTF-16 units: an emoji stands before U+FB33."""
    return key.encode("utf-16-be")


def read_canonical(data: bytes, *, limit: int = 65_535) -> Json:
    """The thing again. Refuses other spellings of it too, so that bytes and meaning are one."""
    if len(data) > limit:
        raise NotCanonical(f"longer than {limit} bytes")
    try:
        value: Json = json.loads(
            data.decode(),
            object_pairs_hook=_once,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except NotCanonical:
        raise
    except (ValueError, RecursionError) as error:
        raise NotCanonical("no JSON in UTF-8") from error
    if canonical(value) != data:
        raise NotCanonical("JSON, but not in canonical form")
    return value


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotCanonical("the same name twice in one object")
    return found


def _no_number(text: str) -> NoReturn:
    raise NotCanonical(f"a number that is not whole: {text[:20]}")
