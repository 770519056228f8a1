"""Life cycles are tables: one table is the state machine, its permissions, routes, journal entries and buttons."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, create_model

from minsheng.kernel import rows
from minsheng.kernel.access import Session, find, refuse_locked
from minsheng.kernel.db import Row
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.errors import FieldError, Forbidden, NotFound, Problem, Refusals, Stale, WrongState
from minsheng.kernel.fields import In, Out, Reason, Remark, Version

M = TypeVar("M", bound=Row)
Mode = Literal["each", "atomic"]

Guard = Callable[[Session, Any], None]
Effect = Callable[[Session, Any, Any], None]


class ReasonIn(In):
    """A move that needs a reason."""

    reason: Reason = Field(description="原因，对方会看到", examples=["数字与附件不符，请核对 10 月累计数"])


class DecisionIn(In):
    """What whoever decides says to an approval."""

    decision: Remark | None = Field(default=None, description="批复意见", examples=["情况属实，同意"])


@dataclass
class Move:
    """One row of the table.

    Attributes:
        sources: states it starts from.
        target: state it leads to.
        permission: who may.
        label: the button's word.
        takes: the body, if it needs one.
        guards: raise a problem when the row is not ready; also asked to grey out the button.
        effects: what else happens, in the same transaction; later features add theirs with :meth:`Lifecycle.extend`.
        quiet: whether the button is left out, not greyed out, where a guard refuses: a rare step is no reading matter.
    """

    sources: frozenset[str]
    target: str
    permission: str
    label: str
    summary: str
    takes: type[In] | None = None
    guards: list[Guard] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    bulk: bool = False
    quiet: bool = False


class Action(BaseModel):
    """A button: what this caller may do to this row now."""

    verb: str = Field(examples=["submit"])
    label: str = Field(examples=["提交"])
    enabled: bool = Field(examples=[True])
    reason: str | None = Field(description="不能点的原因", examples=[None])


class RowRef(In):
    """A row and the version the caller saw."""

    id: UUID
    version: Version


class MoveResult(Out):
    """What became of one row of a bulk move."""

    id: UUID
    outcome: Literal["moved", "refused", "conflict"] = Field(examples=["moved"])
    version: int | None = Field(examples=[4])
    status: str | None = Field(examples=["submitted"])
    code: str | None = Field(description="拒绝时的错误代码", examples=[None])
    detail: str | None = Field(examples=[None])
    errors: list[FieldError]


class MoveResults(Out):
    """What became of each row."""

    results: list[MoveResult]


class Lifecycle(Generic[M]):
    """The state machine of one table class; nobody else assigns ``.status``."""

    every: list["Lifecycle[Any]"] = []  # noqa: RUF012 - one list for the product: sweeps and the diagram read it

    def __init__(self, kind: type[M], initial: str, moves: Mapping[str, Move], final: frozenset[str]) -> None:
        self.kind = kind
        self.initial = initial
        self.moves = dict(moves)
        self.final = final
        kind.__lifecycle__ = True
        self.every.append(self)

    def extend(
        self, verb: str, *, guard: Guard | None = None, effect: Effect | None = None, before: Effect | None = None
    ) -> None:
        """Let a later feature add a condition or a consequence to a move of an earlier one."""
        move = self.moves[verb]
        if guard:
            move.guards.append(guard)
        if effect:
            move.effects.insert(move.effects.index(before) if before else len(move.effects), effect)

    def apply(self, session: Session, row: M, verb: str, body: In | None = None) -> None:
        """Make a move that the caller asked for.

        Raises:
            Forbidden: the move's permission does not cover the row.
            WrongState: the row is not in a state the move starts from.
            Problem: a guard refused.
        """
        if not session.may(self.moves[verb].permission, row):
            raise Forbidden
        self.follow(session, row, verb, body)

    def follow(self, session: Session, row: M, verb: str, body: In | None = None) -> None:
        """Make a move as the consequence of another; the flush still asks for the session's own permission."""
        move = self.moves[verb]
        status = row.status  # type: ignore[attr-defined]
        if status not in move.sources:
            message = f"现在是“{STATE_NAMES.get(status, status)}”，不能{move.label}。"
            raise WrongState(message)
        session.moving[row.id] = verb
        # The flush would refuse it too, but only after guards had named lesser reasons.
        refuse_locked(session, row)
        for guard in move.guards:
            guard(session, row)
        row.status = move.target
        for effect in move.effects:
            effect(session, row, body)

    def actions(self, session: Session, row: M) -> list[Action]:
        """Return the buttons for this caller and row; a guard's refusal greys one out and says why."""
        found = []
        for verb, move in self.moves.items():
            if row.status not in move.sources or not session.may(move.permission, row):  # type: ignore[attr-defined]
                continue
            reason = None
            try:
                for guard in move.guards:
                    guard(session, row)
            except Problem as problem:
                reason = problem.detail or problem.title
                if move.quiet:
                    continue
            found.append(Action(verb=verb, label=move.label, enabled=reason is None, reason=reason))
        return found

    def mount(
        self,
        router: APIRouter,
        path: str,
        noun: str,
        out: type[Out],
        present: Callable[[Session, Sequence[Any]], Sequence[Out]],
    ) -> None:
        """Add ``POST <path>/{id}/<verb>`` for each move, and ``POST <path>:<verb>`` where it may be done in bulk."""
        for verb, move in self.moves.items():
            self._mount_one(router, path, noun, verb, move, out, present)
            if move.bulk:
                self._mount_bulk(router, path, noun, verb, move)

    def _mount_one(
        self,
        router: APIRouter,
        path: str,
        noun: str,
        verb: str,
        move: Move,
        out: type[Out],
        present: Callable[[Session, Sequence[Any]], Sequence[Out]],
    ) -> None:
        def run(session: Session, key: UUID, version: int, response: Response, body: In | None) -> Any:  # noqa: ANN401
            row = rows.hold(session, self.kind, key, version)
            self.apply(session, row, verb, body)
            session.flush()
            rows.tag(response, row)
            return present(session, [row])[0]

        door = allow(move.permission)
        if move.takes is None:

            def bare(id: UUID, version: IfMatch, response: Response, session: Annotated[Session, door]) -> Any:  # noqa: A002, ANN401
                return run(session, id, version, response, None)

            endpoint: Callable[..., Any] = bare
        else:
            takes = move.takes

            def filled(
                id: UUID,  # noqa: A002 - the name is the contract's
                body: takes,  # type: ignore[valid-type]
                version: IfMatch,
                response: Response,
                session: Annotated[Session, door],
            ) -> Any:  # noqa: ANN401
                return run(session, id, version, response, body)

            endpoint = filled
        router.add_api_route(
            f"{path}/{{id}}/{verb}",
            endpoint,
            methods=["POST"],
            response_model=out,
            summary=move.summary,
            description=_way(move),
            operation_id=f"{_camel(verb)}{noun}",
        )

    def _mount_bulk(self, router: APIRouter, path: str, noun: str, verb: str, move: Move) -> None:
        body_type: Any = create_model(
            f"{noun}{_camel(verb, upper=True)}Bulk",
            __base__=move.takes or In,
            __doc__=f"{move.summary}(成批)。",
            rows=(Annotated[list[RowRef], Field(min_length=1, max_length=500)], ...),
            mode=(Mode, Field("each", description="each 逐行；atomic 全部成功才生效")),
        )

        def endpoint(body: body_type, session: Annotated[Session, allow(move.permission)]) -> MoveResults:
            given: Any = body
            return self.bulk(session, verb, given.rows, given, atomic=given.mode == "atomic")

        router.add_api_route(
            f"{path}:{verb}",
            endpoint,
            methods=["POST"],
            response_model=MoveResults,
            summary=f"{move.summary}(成批)",
            description=f"{_way(move)}逐行按单个操作的规则办理。",
            operation_id=f"{_camel(verb)}{noun}s",
        )

    def bulk(self, session: Session, verb: str, refs: Sequence[RowRef], body: In, *, atomic: bool) -> MoveResults:
        """Move many rows by the rules of one; each row stands alone unless ``atomic``.

        Raises:
            Problem: the first refusal, naming every row, when ``atomic``; nothing is moved then.
        """
        results = []
        refusals = Refusals()
        for index, ref in enumerate(refs):
            try:
                with session.begin_nested():
                    row = rows.hold(session, self.kind, ref.id, ref.version)
                    self.apply(session, row, verb, body)
                    session.flush()
                results.append(
                    MoveResult(
                        id=ref.id,
                        outcome="moved",
                        version=row.version,
                        status=row.status,  # type: ignore[attr-defined]
                        code=None,
                        detail=None,
                        errors=[],
                    )
                )
            except Problem as problem:
                refusals.add(f"/rows/{index}", problem)
                now = find(session, self.kind, ref.id) if not isinstance(problem, NotFound) else None
                results.append(
                    MoveResult(
                        id=ref.id,
                        outcome="conflict" if isinstance(problem, Stale) else "refused",
                        version=now.version if now else None,
                        status=now.status if now else None,  # type: ignore[attr-defined]
                        code=problem.code,
                        detail=problem.detail or problem.title,
                        errors=list(problem.errors),
                    )
                )
            finally:
                session.moving.clear()
        if atomic:
            refusals.refuse()
        return MoveResults(results=results)


def diagrams() -> str:
    """Return every life cycle as a Markdown page of Mermaid diagrams, drawn from the tables themselves."""
    parts = [
        "# Life cycles",
        "",
        "Written by `make contract` from the tables in the features' `policy.py`; never by hand.",
    ]
    for cycle in Lifecycle.every:
        parts += ["", f"## {cycle.kind.__name__}", "", "```mermaid", "stateDiagram-v2", f"    [*] --> {cycle.initial}"]
        rows = ["| verb | button | from | to | permission | body |", "| --- | --- | --- | --- | --- | --- |"]
        for verb, move in cycle.moves.items():
            parts += [f"    {source} --> {move.target}: {verb}" for source in sorted(move.sources)]
            sources, takes = ", ".join(sorted(move.sources)), move.takes.__name__ if move.takes else "–"
            rows.append(f"| `{verb}` | {move.label} | {sources} | {move.target} | `{move.permission}` | {takes} |")
        parts += ["```", "", *rows]
    return "\n".join(parts) + "\n"


STATE_NAMES: dict[str, str] = {
    "draft": "草稿",
    "consultation": "征求意见",
    "issued": "已下达",
    "closed": "已办结",
    "submitted": "待审核",
    "reviewed": "已审核",
    "accepted": "已确认",
    "void": "已作废",
    "superseded": "已被更正取代",
    "settled": "已办结",
    "active": "有效",
    "disabled": "已停用",
    "revoked": "已收回",
    "retired": "已停止使用",
    "asked": "待批准",
    "approved": "已批准",
    "refused": "未批准",
    "withdrawn": "已撤回",
    "ended": "已结束",
    "open": "待答复",
    "answered": "已答复",
    "pending": "待签收",
    "acknowledged": "已签收",
    "sent": "已送达",
    "signed": "单位已签",
    "in_force": "已生效",
    "reached": "已完成",
    "built": "已完工",
    "passed": "已验收",
    "opened": "已投用",
    "queued": "待送达",
    "delivered": "对方已收到",
    "failed": "没有送达",
    "read": "已阅",
    "reopened": "已反结账",
    "unconfirmed": "未明确",
    "frozen": "已冻结",
    "lifted": "已解冻",
    "signing": "待签批",
    "returned": "已退回",
    "cancelled": "已取消",
    "paid": "已支付",
    "confirmed": "已到账",
    "reversing": "待冲销",
    "reversed": "已冲销",
}


def _way(move: Move) -> str:
    """Return the sentence that says from where to where a move leads."""
    sources = "或".join(f"“{STATE_NAMES[state]}”" for state in sorted(move.sources))
    return f"从{sources}到“{STATE_NAMES[move.target]}”；其他状态答 409。"


def _camel(verb: str, *, upper: bool = False) -> str:
    first, *rest = verb.split("-")
    return (first.capitalize() if upper else first) + "".join(part.capitalize() for part in rest)
