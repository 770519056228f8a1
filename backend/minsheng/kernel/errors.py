"""Refusals. Every failure leaves as ``application/problem+json`` (RFC 9457) with a stable code and a Chinese sentence.

401 unknown · 403 may not · 404 cannot see · 409 not now · 412 stale · 422 malformed · 428 no If-Match.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field


class FieldError(BaseModel):
    """One thing wrong in one place of the request."""

    pointer: str = Field(
        description="出错位置：JSON Pointer，或 query/header/path 参数名", examples=["/targets/0/value"]
    )
    code: str = Field(description="稳定的英文代码", examples=["too-small"])
    message: str = Field(description="给填报人看的中文说明", examples=["目标值不能小于 0"])


class ProblemOut(BaseModel):
    """A refusal as it travels (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="说明页地址", examples=["/problems/stale-version"])
    title: str = Field(examples=["内容已被他人修改"])
    status: int = Field(ge=400, le=599, examples=[412])
    code: str = Field(description="稳定的英文代码", examples=["stale-version"])
    detail: str = Field(examples=["您看到的是第 3 版，现在已是第 4 版，请核对后重试。"])
    errors: list[FieldError] = Field(default_factory=list)


@dataclass
class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """A refusal; subclasses fix status, code and title, the raiser gives the sentence."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad-request"
    title: ClassVar[str] = "请求无法理解"

    detail: str = ""
    errors: Sequence[FieldError] = ()
    extra: Mapping[str, Any] | None = None
    headers: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        """Keep the sentence as the exception's text, so that logs and tests can read it."""
        super().__init__(self.detail or self.title)

    def body(self) -> dict[str, Any]:
        """Return the JSON body."""
        return {
            "type": f"/problems/{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail or self.title,
            "errors": [error.model_dump() for error in self.errors],
            **(self.extra or {}),
        }


class BadRequest(Problem):
    """The request cannot be read at all."""


class BadCursor(Problem):
    code, title = "bad-cursor", "翻页标记无效"


class TwoCredentials(Problem):
    code, title = "two-credentials", "同一请求带了两种身份"


class Unauthenticated(Problem):
    status, code, title = 401, "unauthenticated", "请先登录"

    def __post_init__(self) -> None:
        """RFC 9110 wants the scheme named with every 401."""
        super().__post_init__()
        self.headers = {"WWW-Authenticate": 'Bearer realm="minsheng"', **(self.headers or {})}


class Forbidden(Problem):
    status, code, title = 403, "forbidden", "没有这项权限"


class NotFound(Problem):
    status, code, title = 404, "not-found", "找不到，或不在您的权限范围内"


class MethodNotAllowed(Problem):
    status, code, title = 405, "method-not-allowed", "此地址不支持该操作"


class Conflict(Problem):
    """The right request at the wrong moment."""

    status, code, title = 409, "conflict", "当前状态不允许"


class WrongState(Conflict):
    code, title = "wrong-state", "当前状态不允许这一步"


class RoundClosed(Conflict):
    code, title = "round-closed", "填报期已关闭"


class Locked(Conflict):
    code, title = "locked", "已下达锁定，不能直接修改"


class Duplicate(Conflict):
    code, title = "duplicate", "已存在相同的记录"


class OwnWork(Conflict):
    code, title = "own-work", "不能审核自己提交的内容"


class StillRunning(Conflict):
    code, title = "still-running", "同一请求正在处理"


class Stale(Problem):
    status, code, title = 412, "stale-version", "内容已被他人修改"


class TooLarge(Problem):
    status, code, title = 413, "too-large", "内容超过大小上限"


class Invalid(Problem):
    """Understood, but something in it is wrong; ``errors`` names every place."""

    status, code, title = 422, "invalid", "内容有误"


class KeyReused(Problem):
    status, code, title = 422, "idempotency-key-reused", "幂等键已用于另一请求"


class PreconditionRequired(Problem):
    status, code, title = 428, "precondition-required", "缺少 If-Match"


class TooManyAttempts(Problem):
    status, code, title = 429, "too-many-attempts", "尝试过于频繁"


class Unavailable(Problem):
    status, code, title = 503, "unavailable", "服务繁忙，请稍后再试"

    def __post_init__(self) -> None:
        """Tell the caller when to come back."""
        super().__post_init__()
        self.headers = {"Retry-After": "1", **(self.headers or {})}


class Internal(Problem):
    status, code, title = 500, "internal", "系统内部错误"


def invalid(pointer: str, code: str, message: str) -> Invalid:
    """Return a 422 about one place."""
    return Invalid(message, errors=[FieldError(pointer=pointer, code=code, message=message)])


class Refusals:
    """What was refused in a batch of which all or nothing is done: every row is judged before the batch is refused."""

    def __init__(self) -> None:
        self.first: Problem | None = None
        self.errors: list[FieldError] = []

    def add(self, where: str, problem: Problem) -> list[FieldError]:
        """Note one row's refusal and return what is wrong, each with its place in the batch."""
        self.first = self.first or problem
        found = [
            FieldError(pointer=f"{where}{each.pointer}", code=each.code, message=each.message)
            for each in problem.errors
        ] or [FieldError(pointer=where, code=problem.code, message=problem.detail or problem.title)]
        self.errors += found
        return found

    def refuse(self) -> None:
        """Refuse the batch if any row was refused.

        Raises:
            Problem: the first refusal, naming every row that is wrong.
        """
        if self.first is not None:
            self.first.errors = self.errors[:500]
            raise self.first


def all_problems() -> list[type[Problem]]:
    """Return every kind of refusal, sorted by status and code, for the contract and the ``/problems`` pages."""
    found: dict[str, type[Problem]] = {}
    queue: list[type[Problem]] = [Problem]
    while queue:
        kind = queue.pop()
        found.setdefault(kind.code, kind)
        queue.extend(kind.__subclasses__())
    return sorted(found.values(), key=lambda kind: (kind.status, kind.code))
