"""Exact decimals: the only form in which a figure is read, kept and shown.

No float ever touches a figure (guide 3.3, architecture section 5). On the wire a quantity is a string, in
Python a ``Decimal``, in the database a signed 64-bit integer of millionths, because SQLite has no exact
decimal type and both databases must sort and add the same way.
"""

import re
from collections.abc import Iterable
from decimal import Context, Decimal, Inexact

SCALE = 6
"""Decimals kept in storage: one stored unit is a millionth."""

_UNIT = 1_000_000
_SCALED_LIMIT = 10**18

LIMIT = Decimal(10) ** 12
"""A quantity lies strictly between ``-LIMIT`` and ``LIMIT``, so its scaled form fits 64 bits with room to add."""

PATTERN = r"^-?\d{1,12}(\.\d{1,6})?$"
"""The wire form, for schemas. ``parse`` is stricter where regex dialects differ (digits outside ASCII, line ends)."""

_WIRE = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")


def parse(raw: str) -> Decimal:
    """Read a quantity as it stands on the wire; raise ``ValueError`` for any other form.

    Leading zeros and trailing zeros are read, ``text`` drops them. "-0" is zero.
    """
    if not _WIRE.fullmatch(raw):
        raise ValueError(f"not a quantity: {raw!r}")
    return Decimal(raw) or Decimal(0)


def text(value: Decimal) -> str:
    """Write a quantity in its one canonical form: no exponent, no trailing zeros, "0" and never "-0".

    Exact for any finite decimal, also for sums beyond ``LIMIT``. Raises ``ValueError`` for NaN and infinity.
    """
    if not value.is_finite():
        raise ValueError(f"not a finite quantity: {value}")
    if not value:
        return "0"
    digits = format(value, "f")
    # Decimal.normalize would round to the context's precision; cutting characters cannot.
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def to_scaled(value: Decimal) -> int:
    """Millionths for storage, exactly.

    Raises ``ValueError`` when the value has more than ``SCALE`` decimals, is not finite, or is not within
    ``LIMIT``; nothing is ever rounded to fit.
    """
    if not value.is_finite() or not -LIMIT < value < LIMIT:
        raise ValueError(f"quantity out of range: {value}")
    numerator, denominator = value.as_integer_ratio()
    scaled, rest = divmod(numerator * _UNIT, denominator)
    if rest:
        raise ValueError(f"more than {SCALE} decimals: {value}")
    return scaled


def from_scaled(scaled: int) -> Decimal:
    """Quantity held as ``scaled`` millionths; raise ``ValueError`` outside ``LIMIT``."""
    if not -_SCALED_LIMIT < scaled < _SCALED_LIMIT:
        raise ValueError(f"scaled quantity out of range: {scaled}")
    whole, rest = divmod(abs(scaled), _UNIT)
    if not rest:
        # Most figures are whole, and a board reads tens of thousands.
        return Decimal(-whole if scaled < 0 else whole)
    sign = "-" if scaled < 0 else ""
    return Decimal(text(Decimal(f"{sign}{whole}.{rest:0{SCALE}d}")))


def total(values: Iterable[Decimal]) -> Decimal:
    """Exact sum, zero for nothing. Raises ``decimal.Inexact`` rather than round, whatever the caller's context."""
    exact = Context(prec=80, traps=[Inexact])
    result = Decimal(0)
    for value in values:
        result = exact.add(result, value)
    return result
