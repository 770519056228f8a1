"""Turns the validator's findings into Chinese sentences a clerk can act on, with stable codes."""

from collections.abc import Sequence
from typing import Any

from minsheng.kernel.errors import FieldError, Invalid

_SENTENCES = {
    "missing": "缺少必填项",
    "extra_forbidden": "没有这个字段",
    "string_type": "应为文本",
    "string_too_short": "至少 {min_length} 个字符",
    "string_too_long": "至多 {max_length} 个字符",
    "string_pattern_mismatch": "格式不对",
    "string_unicode": "含有无法识别的字符",
    "string_sub_type": "应为文本",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_parsing_size": "数字过大",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "greater_than": "应大于 {gt}",
    "less_than": "应小于 {lt}",
    "enum": "应为 {expected} 之一",
    "literal_error": "应为 {expected} 之一",
    "uuid_type": "编号格式不对",
    "uuid_parsing": "编号格式不对",
    "date_type": "日期应写成 2026-11-05",
    "date_parsing": "日期应写成 2026-11-05",
    "date_from_datetime_parsing": "日期应写成 2026-11-05",
    "date_from_datetime_inexact": "日期应写成 2026-11-05",
    "datetime_type": "时间应写成 2026-11-05T10:00:00Z",
    "datetime_parsing": "时间应写成 2026-11-05T10:00:00Z",
    "datetime_from_date_parsing": "时间应写成 2026-11-05T10:00:00Z",
    "list_type": "应为列表",
    "dict_type": "应为对象",
    "model_attributes_type": "应为对象",
    "model_type": "应为对象",
    "too_short": "至少 {min_length} 项",
    "too_long": "至多 {max_length} 项",
    "json_invalid": "不是有效的 JSON",
    "none_required": "应为空",
}


def pointer(location: Sequence[int | str]) -> str:
    """Return the JSON Pointer of a body field, or the bare name of a parameter."""
    where, *rest = location or ("body",)
    if where == "body":
        return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in rest)[:300]
    return str(rest[0])[:100] if rest else str(where)


def from_findings(findings: Sequence[Any]) -> Invalid:
    """Return the 422 that names every place at once."""
    errors = []
    for finding in findings:
        kind = finding["type"]
        context = dict(finding.get("ctx") or {})
        if "expected" in context:
            # Pydantic joins the choices in English.
            context["expected"] = str(context["expected"]).replace(" or ", ", ").replace(", ", "、")
        sentence = _SENTENCES.get(kind)
        if sentence is None:
            # Our own validators already speak Chinese; anything else is named by its code alone.
            message = finding["msg"] if any("\u4e00" <= letter <= "\u9fff" for letter in finding["msg"]) else "内容有误"
        else:
            message = sentence.format_map(_Known(context))
        place = pointer(finding["loc"])
        errors.append(FieldError(pointer=_clean(place), code=kind.replace("_", "-"), message=_clean(message)))
    first = errors[0]
    more = f"（共 {len(errors)} 处）" if len(errors) > 1 else ""
    return Invalid(f"{first.pointer or '请求体'}：{first.message}{more}", errors=errors)


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")[:300]
