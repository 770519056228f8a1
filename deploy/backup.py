"""Writes one consistent copy of the database, the keys and the attachments into a folder, while the service runs.

    .venv/bin/python deploy/backup.py FOLDER

reads the same MINSHENG_ settings as the service. SQLite is copied by VACUUM INTO, never by cp, which may catch it in
the middle of a write; PostgreSQL by pg_dump. A copy carries the name `….part` until it is whole.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, make_url

from minsheng.kernel.settings import Settings


def copy_sqlite(source: Path, target: Path) -> None:
    if not source.is_file():
        sys.exit(f"there is no database {source}")
    with closing(sqlite3.connect(source, timeout=60)) as database:
        database.execute("VACUUM INTO ?", [str(target)])
    with closing(sqlite3.connect(target)) as copy:
        (answer,) = copy.execute("PRAGMA integrity_check").fetchone()
    if answer != "ok":
        sys.exit(f"the copy is not whole: {answer}")


def copy_postgres(url: URL, target: Path) -> None:
    given = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": str(url.port) if url.port else None,
        "PGUSER": url.username,
        "PGDATABASE": url.database,
        # By the environment, not on the command line, where every account of the machine could read it.
        "PGPASSWORD": str(url.password) if url.password else None,
    }
    surroundings = {
        **os.environ,
        **{name: str(value) for name, value in given.items() if value},
    }
    words = ["pg_dump", "--format=custom", "--no-owner", f"--file={target}"]
    try:
        subprocess.run(words, env=surroundings, check=True)
    except FileNotFoundError:
        sys.exit("pg_dump is missing: apt-get install postgresql-client")
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)


def copy_files(source: Path, target: Path) -> Path:
    """Add the attachments that are not there yet. A content never changes, so one copy serves every backup."""
    for each in sorted(source.glob("*/*")):
        kept = target / each.parent.name / each.name
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            part = kept.with_name(kept.name + ".part")
            shutil.copyfile(each, part)
            part.rename(kept)
    return target


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    os.umask(0o077)
    settings = Settings()
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    name = f"minsheng-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    url = make_url(settings.url)
    sqlite = url.get_backend_name() == "sqlite"
    whole = folder / f"{name}.{'db' if sqlite else 'dump'}"
    part = whole.with_name(whole.name + ".part")
    try:
        if sqlite:
            copy_sqlite(Path(str(url.database)), part)
        else:
            copy_postgres(url, part)
        part.rename(whole)
    finally:
        part.unlink(missing_ok=True)
    print(whole)
    for file in (settings.secrets_file, settings.sealing_file):
        if file.is_file():
            keys = folder / f"{name}.{file.name}"
            keys.write_bytes(file.read_bytes())
            print(keys)
    content = settings.data_dir / "files" / "content"
    if content.is_dir():
        print(copy_files(content, folder / "files"))


if __name__ == "__main__":
    main()
