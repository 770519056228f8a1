"""The contract: what FastAPI derives, completed with every status an operation can answer and its permission."""

from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts

from minsheng.kernel.errors import ProblemOut
from minsheng.kernel.http import flatten

DESCRIPTION = """民生实事从下达、分解、填报、审核到亮灯的全过程接口。

* 失败一律为 `application/problem+json`,`code` 稳定,`type` 指向说明页。
* 列表用 `limit` 与 `cursor` 翻页；修改已有内容须带 `If-Match`;POST 可带 `Idempotency-Key` 安全重试。
* 网页用 Cookie 会话，写操作须带 `X-Minsheng-Client`;其他客户端用 `Authorization: Bearer`。
* 数量一律为十进制文本，不用浮点数；时间为 UTC，日期为北京日期。
"""

_TEXTS = {
    400: "请求无法理解",
    401: "未登录或凭据无效",
    403: "没有这项权限",
    404: "找不到，或不在权限范围内",
    409: "当前状态不允许",
    412: "内容已被他人修改",
    413: "内容过大",
    422: "内容有误",
    428: "缺少 If-Match",
    429: "尝试过于频繁",
    503: "服务繁忙",
}


def doors(dependant: Dependant) -> list[str | None]:
    """Return the permissions of the doors an endpoint passes."""
    return [each.call.permission for each in flatten(dependant) if each.call and hasattr(each.call, "permission")]


def statuses(route: APIRoute) -> list[int]:
    """Return the refusals an operation can answer with, from what it takes."""
    found = {400, 422, 503}
    guarded = doors(route.dependant)
    if guarded:
        found |= {401, 403}
    writes = not (route.methods or set()) <= {"GET", "HEAD"}
    if "{" in route.path or not writes:
        found.add(404)
    if writes:
        found |= {404, 409, 413}
        if not guarded:
            found |= {401, 403, 429}
    if any(param.alias == "If-Match" for inner in flatten(route.dependant) for param in inner.header_params):
        found |= {412, 428}
    return sorted(found)


def build(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document."""
    if app.openapi_schema:
        return app.openapi_schema
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
        openapi_version="3.1.0",
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    problem = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    document["components"]["securitySchemes"] = {
        "cookie": {"type": "apiKey", "in": "cookie", "name": "__Host-minsheng"},
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    }
    for path, route in api_routes(app):
        for method in (route.methods or set()) - {"HEAD"}:
            operation = document["paths"][path][method.lower()]
            _complete(operation, route)
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body is not None:
                body["example"] = _example(schemas, body["schema"])
    app.openapi_schema = document
    return document


def api_routes(app: FastAPI) -> list[tuple[str, APIRoute]]:
    """Return every documented route with its full path."""
    return [
        (context.path or "", context.original_route)
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute) and (context.path or "").startswith("/api/")
    ]


def _complete(operation: dict[str, Any], route: APIRoute) -> None:
    for status in statuses(route):
        operation["responses"][str(status)] = {
            "description": _TEXTS[status],
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    guarded = doors(route.dependant)
    operation["security"] = [{"cookie": []}, {"bearer": []}] if guarded else []
    operation["x-permission"] = (guarded[0] or "login") if guarded else "public"


_SAMPLES = {"uuid": "019a9f3e-2c00-7a4b-9d1e-3f5a7c9b1d20", "date": "2026-11-05", "date-time": "2026-11-05T10:00:00Z"}


def _example(schemas: dict[str, Any], schema: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON
    """Return what a body may look like, put together from the examples of its fields."""
    while "$ref" in schema or "anyOf" in schema:
        schema = schema["anyOf"][0] if "anyOf" in schema else schemas[schema["$ref"].rpartition("/")[2]]
    given = schema.get("examples") or schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    if given:
        return given[0]
    match schema.get("type"):
        case "object":
            return {name: _example(schemas, each) for name, each in schema.get("properties", {}).items()}
        case "array":
            return [_example(schemas, schema["items"])]
        case "string":
            return _SAMPLES.get(schema.get("format", ""), "文本")
        case kind:
            return schema.get("default", False if kind == "boolean" else 1)
