"""The head of the sealed record as it goes onto paper: a line of text, and the same text as a QR code.

Whoever keeps the paper keeps a head that nobody can take back: the program that checks the evidence takes the line.
"""

from io import BytesIO
from typing import Any

import segno

from minsheng.kernel.signing import Head

SIDE = 24
"""Millimetres of a code's side, its quiet zone included: large enough for any telephone."""
QUIET = 4
"""Modules of white around a code, as ISO/IEC 18004 asks."""


def line(head: Head) -> str:
    """Return the line under a paper."""
    return f"记录校验头（已封存 {head.size} 条）：{head.printed}"


def svg(head: Head) -> str:
    """Return the code for a page of markup."""
    code = _code(head)
    width, _ = code.symbol_size(border=QUIET)
    found: str = code.svg_inline(border=QUIET, scale=SIDE / width, unit="mm", svgclass="seal-code", lineclass=None)
    return found


def png(head: Head) -> BytesIO:
    """Return the code as an image for Word and Excel."""
    out = BytesIO()
    _code(head).save(out, kind="png", scale=4, border=QUIET)
    out.seek(0)
    return out


def _code(head: Head) -> Any:  # noqa: ANN401 - segno ships no types for what it makes
    return segno.make_qr(head.printed, error="m")
