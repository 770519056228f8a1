"""The application: the only module that knows every router."""

import base64
import hashlib
import html
import logging
import re
import threading
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, get_args

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.routing import BaseRoute, Match
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from minsheng import __version__
from minsheng.attachments import router as attachments
from minsheng.boards import figures, freezing, trials
from minsheng.boards import router as boards
from minsheng.calendars import router as calendars
from minsheng.chases import router as chases
from minsheng.chases import sending
from minsheng.checks import router as checks
from minsheng.consultation import router as consultation
from minsheng.deviations import import_router
from minsheng.deviations import router as deviations
from minsheng.disbursements import account_router as payees
from minsheng.disbursements import batch_router, paper_router
from minsheng.disbursements import router as disbursements
from minsheng.exemptions import router as exemptions
from minsheng.funds import ledger_router as fund_ledger
from minsheng.funds import router as funds
from minsheng.identity import login
from minsheng.identity import router as identity
from minsheng.identity.sessions import Authenticator
from minsheng.integration import router as integration
from minsheng.jobs import router as jobs
from minsheng.kernel import contract, http, validation
from minsheng.kernel import jobs as queue
from minsheng.kernel.ciphers import Cipher
from minsheng.kernel.db import Database, PoolTimeout
from minsheng.kernel.door import Replay
from minsheng.kernel.errors import (
    BadRequest,
    Conflict,
    Duplicate,
    Internal,
    MethodNotAllowed,
    NotFound,
    Problem,
    TooLarge,
    Unavailable,
    all_problems,
)
from minsheng.kernel.migrations import config as alembic_config
from minsheng.kernel.settings import Settings
from minsheng.kernel.workers import Worker
from minsheng.milestones import router as milestones
from minsheng.milestones import template_router
from minsheng.org import router as org
from minsheng.plans import router as plans
from minsheng.pledges import router as pledges
from minsheng.programmes import cadence_router
from minsheng.programmes import router as programmes
from minsheng.reports import (
    account_router,
    comment_router,
    exception_router,
    ledger_router,
    round_router,
    version_router,
    workbook_router,
)
from minsheng.reports import router as reports
from minsheng.rule_sets import router as rule_sets
from minsheng.targets import changes
from minsheng.targets import router as targets

API = "/api/v1"
_OFFICE = "application/vnd.openxmlformats-officedocument"
XLSX, DOCX = f"{_OFFICE}.spreadsheetml.sheet", f"{_OFFICE}.wordprocessingml.document"
PROBLEM_JSON = "application/problem+json"
FAREWELL_SECONDS = 5.0

log = logging.getLogger("minsheng")

ROUTERS = (
    login.router,
    jobs.router,
    org.router,
    identity.router,
    calendars.router,
    rule_sets.router,
    programmes.router,
    cadence_router.router,
    consultation.router,
    targets.router,
    changes.router,
    pledges.router,
    plans.router,
    exemptions.router,
    milestones.router,
    template_router.router,
    round_router.router,
    account_router.router,
    exception_router.router,
    reports.router,
    version_router.router,
    comment_router.router,
    chases.router,
    attachments.router,
    workbook_router.router,
    ledger_router.router,
    checks.router,
    import_router.router,
    deviations.router,
    funds.router,
    fund_ledger.router,
    payees.router,
    disbursements.router,
    batch_router.router,
    paper_router.router,
    boards.router,
    trials.router,
    figures.router,
    integration.router,
)


Beside = Literal["lights", "chases", "jobs"]
EVERYTHING: frozenset[Beside] = frozenset(get_args(Beside))
"""The threads that work beside the requests of a whole installation."""


def create_app(settings: Settings | None = None, *, beside: Collection[Beside] = ()) -> FastAPI:
    """Return the application for one installation.

    ``beside`` names the threads that work beside the requests: "lights" freezes closed rounds, "chases" chases by rules
    and delivers what waits in the outbox, "jobs" runs jobs.
    """
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        stop = threading.Event()
        # Connections of its own: a job must never take the place of a request.
        own = Database(settings.url, pool_size=2)
        database: Database = app.state.database
        work: dict[Beside, Callable[[], None]] = {
            "lights": lambda: freezing.keep_freezing(database, stop),
            "chases": lambda: sending.keep_sending(database, settings, stop),
            "jobs": lambda: Worker(own, app.state.authenticate).keep_working(stop),
        }
        threads = [threading.Thread(target=work[each], name=each, daemon=True) for each in beside]
        for thread in threads:
            thread.start()
        yield
        stop.set()
        queue.wake.set()
        for thread in threads:
            # What is being written may end; what does not end in time is done again by the next process, as a whole.
            thread.join(FAREWELL_SECONDS)
        own.dispose()
        app.state.database.dispose()

    app = FastAPI(
        title="民生实事 minsheng",
        version=__version__,
        description=contract.DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{API}/openapi.json",
        redirect_slashes=False,
        lifespan=lifespan,
    )
    furnish(app, settings)
    # Each straight into the application: a router between them would match every address twice.
    for router in ROUTERS:
        app.include_router(router, prefix=API)
    app.include_router(_service_routes())
    _docs(app)
    _errors(app)
    # An entry sheet of 100 KB is two seconds on a weak rural line; compressed it is a fifth of that.
    app.add_middleware(
        GZipMiddleware,
        minimum_size=2048,
        compresslevel=5,
        # Packed already; and a range of a file is a range of the file, not of its compressed form.
        exclude_content_types=(*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/pdf", XLSX, DOCX),
    )
    app.add_middleware(http.Gate, body_limit=settings.body_limit_bytes)
    app.router.routes.append(Client(settings.client_dir))
    app.openapi = lambda: contract.build(app)  # type: ignore[method-assign]
    return app


def served() -> FastAPI:
    """Return the application with its threads beside it, for a server that makes it itself (``make dev``)."""
    return create_app(beside=EVERYTHING)


def furnish(app: FastAPI, settings: Settings) -> None:
    """Give the application the database and the keys it works with."""
    app.state.settings = settings
    app.state.database = Database(settings.url, settings.pool_size, settings.admission_seconds)
    app.state.authenticate = Authenticator(settings)
    app.state.cipher = Cipher(settings.keys)
    app.state.cursor_key = hashlib.sha256(b"cursor" + next(iter(settings.keys.values()))).digest()


def _service_routes() -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/livez")
    async def livez() -> Response:
        """Say that the process is alive; never asks the database."""
        return JSONResponse({"status": "alive"})

    @router.get("/readyz")
    async def readyz(request: Request) -> Response:
        """Say whether the database answers and stands at the newest migration."""
        state = request.app.state

        def look() -> tuple[str | None, str | None]:
            # Reading alone: the answer must not wait for whoever is writing.
            with state.database.engine.connect().execution_options(minsheng_write=False) as connection:
                current = MigrationContext.configure(connection).get_current_revision()
            return current, ScriptDirectory.from_config(alembic_config(state.settings.url)).get_current_head()

        try:
            current, head = await run_in_threadpool(look)
        except SQLAlchemyError:
            return JSONResponse({"status": "no database"}, 503)
        ready = current == head
        return JSONResponse(
            {"status": "ready" if ready else "migrations pending", "revision": current}, 200 if ready else 503
        )

    @router.get("/metrics")
    async def metrics() -> Response:
        """Prometheus figures; closed to the outside by the proxy."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    @router.get("/problems/{code}")
    async def problem_page(code: str) -> Response:
        """Explain one kind of refusal: what every problem's ``type`` points to."""
        for kind in all_problems():
            if kind.code == code:
                body = f"<h1>{html.escape(kind.title)}</h1><p><code>{kind.code}</code> · HTTP {kind.status}</p>"
                note = html.escape((kind.__doc__ or "").strip())
                return HTMLResponse(
                    f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{html.escape(kind.title)}</title>'
                    f"<body>{body}<p>{note}</p></body></html>"
                )
        raise NotFound

    return router


def _docs(app: FastAPI) -> None:
    """Serve the interactive documentation from the client's copies: government networks have no internet."""
    assets = "/docs-assets"

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return _with_own_scripts(
            get_swagger_ui_html(
                openapi_url=app.openapi_url or "",
                title="接口文档",
                swagger_js_url=f"{assets}/swagger-ui-bundle.js",
                swagger_css_url=f"{assets}/swagger-ui.css",
                swagger_favicon_url="/emblem.svg",
            )
        )

    @app.get("/redoc", include_in_schema=False)
    async def redoc() -> Response:
        return get_redoc_html(
            openapi_url=app.openapi_url or "",
            title="接口说明",
            redoc_js_url=f"{assets}/redoc.standalone.js",
            redoc_favicon_url="/emblem.svg",
            with_google_fonts=False,
        )


def _with_own_scripts(page: HTMLResponse) -> HTMLResponse:
    """Allow exactly the inline script that the page carries, by its hash."""
    hashes = [
        base64.b64encode(hashlib.sha256(script).digest()).decode()
        for script in re.findall(rb"<script>(.*?)</script>", bytes(page.body), re.DOTALL)
    ]
    allowed = " ".join(f"'sha256-{each}'" for each in hashes)
    policy = http.CONTENT_SECURITY.decode().replace("script-src 'self'", f"script-src 'self' {allowed}")
    page.headers["Content-Security-Policy"] = policy
    return page


def _answer(problem: Problem) -> Response:
    return JSONResponse(problem.body(), problem.status, dict(problem.headers or {}), media_type=PROBLEM_JSON)


async def _on_problem(_request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)  # noqa: S101 - registered for this class
    return _answer(problem)


async def _on_replay(_request: Request, replay: Exception) -> Response:
    assert isinstance(replay, Replay)  # noqa: S101 - registered for this class
    return replay.response


async def _on_invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    findings = error.errors()
    if any(finding["type"] == "json_invalid" for finding in findings):
        return _answer(BadRequest("请求体不是有效的 JSON。"))
    return _answer(validation.from_findings(findings))


async def _on_http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    if isinstance(error.__cause__, Problem):
        # FastAPI wraps whatever happens while a body is read, the size limit among it.
        return _answer(error.__cause__)
    known: dict[int, Problem] = {
        404: NotFound("没有这个地址。"),
        405: MethodNotAllowed(headers=error.headers),
        413: TooLarge(),
    }
    return _answer(known.get(error.status_code) or BadRequest("请求体无法解析。"))


async def _on_database(request: Request, error: Exception) -> Response:
    if isinstance(error, IntegrityError):
        text = str(error.orig).lower()
        taken = "unique" in text or "duplicate" in text
        return _answer(Duplicate("已存在相同的记录。") if taken else Conflict("与已有数据冲突。"))
    if isinstance(error, (PoolTimeout, OperationalError)):
        log.warning("database busy", extra={"request_id": request.state.request_id}, exc_info=error)
        return _answer(Unavailable())
    raise error


async def _on_anything(request: Request, error: Exception) -> Response:
    log.error("unhandled", extra={"request_id": request.state.request_id}, exc_info=error)
    return _answer(Internal("系统内部错误，请凭请求编号联系管理员。"))


def _errors(app: FastAPI) -> None:
    """Let every failure leave as a problem."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(Replay, _on_replay)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(SQLAlchemyError, _on_database)
    app.add_exception_handler(Exception, _on_anything)


class Client(BaseRoute):
    """The web client: files as they are, every other path outside the API the one page, so that deep links work."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = StaticFiles(directory=folder, check_dir=False)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Take whatever no other route took, except addresses of the API."""
        taken = scope["type"] == "http" and not scope["path"].startswith("/api/")
        return (Match.FULL if taken else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one file or the page."""
        await (await self._answer(scope))(scope, receive, send)

    async def _answer(self, scope: Scope) -> ASGIApp:
        if scope["method"] not in {"GET", "HEAD"}:
            return _answer(MethodNotAllowed(headers={"Allow": "GET, HEAD"}))
        name = scope["path"].lstrip("/")
        if name and ".." not in name and (self.folder / name).is_file():
            return self.files
        page = self.folder / "index.html"
        if "." in name.rpartition("/")[2] or not page.is_file():
            return _answer(NotFound("没有这个文件。" if page.is_file() else "网页客户端尚未构建：请先运行 make run。"))
        return FileResponse(page, headers={"Cache-Control": "no-cache"})
