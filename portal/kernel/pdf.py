"""PDF of a document, by an extra that need not be installed (`gongzhi[pdf]`)."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path


def makes_pdf() -> bool:
    """Whether this installation has the extra."""
    return find_spec("typst") is not None


def pdf_of(template: Path, data: str) -> bytes:
    """A typst template filled with JSON: what people typed arrives as data and is never run.

    Fonts are those of the system: for Chinese it needs one such as Noto Serif CJK.
    """
    # an extra: loaded only where it is used
    found: bytes = import_module("typst").compile(
        template.read_bytes(), format="pdf", sys_inputs={"data": data}
    )
    return found
