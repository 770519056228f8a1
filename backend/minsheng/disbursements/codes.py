"""The unified social credit code (统一社会信用代码, GB 32100-2015) and its check character."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Ten digits and the capital letters but I, O, S, V and Z."""

_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


def check_character(first: str) -> str:
    """Return the eighteenth character that belongs to the first seventeen."""
    total = sum(_VALUES[letter] * weight for letter, weight in zip(first, _WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def fault(code: str) -> str | None:
    """Say in words for a clerk what is wrong with a code, or nothing when it is right."""
    if len(code) != 18:
        return f"统一社会信用代码应为 18 位，现有 {len(code)} 位"
    for place, letter in enumerate(code, start=1):
        if letter not in _VALUES:
            return f"第 {place} 位“{letter}”不会出现在统一社会信用代码里（不用 I、O、S、V、Z 和小写字母）"
    if check_character(code[:17]) != code[17]:
        return "统一社会信用代码的校验位不对，请逐位核对"
    return None
