"""What deploy/ says is what runs: settings, commands, ports, paths, limits; and the backup brings everything back."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from minsheng import cli
from minsheng.kernel.settings import Settings
from tests import databases
from tests.databases import PostgresUnavailableError, plain_url
from tests.missing import missing

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
KINDS = {".conf", ".env", ".md", ".py", ".service", ".sh", ".timer", ".yaml", ""}
FILES = [path for path in sorted(DEPLOY.glob("[!._]*/[!.]*")) + sorted(DEPLOY.glob("[!.]*")) if path.is_file()]
TEXTS = {str(path.relative_to(ROOT)): path.read_text() for path in FILES if path.suffix in KINDS}
FIELDS = Settings.model_fields
#: Read by a shell or by compose, not by the program.
NOT_OURS = {"MINSHENG_STEPS", "MINSHENG_DATABASE_PASSWORD"}
#: Made by the set-up, so not in a fresh clone.
MADE = (".venv", "frontend/dist")


@pytest.mark.parametrize("name", TEXTS)
def test_every_setting_that_is_named_exists(name: str) -> None:
    named = set(re.findall(r"MINSHENG_[A-Z_]*[A-Z]", TEXTS[name])) - NOT_OURS
    assert named - {f"MINSHENG_{field.upper()}" for field in FIELDS} == set()


def test_the_env_example_explains_every_setting_and_tells_its_default() -> None:
    lines = dict(re.findall(r"^#?MINSHENG_(\w+)=(.*)$", TEXTS["deploy/minsheng.env"], re.MULTILINE))
    assert sorted(lines) == sorted(name.upper() for name in FIELDS)
    # These have no default worth showing: they are paths of the installation, or hold a secret.
    shown = {name: text for name, text in lines.items() if name not in {"DATA_DIR", "CLIENT_DIR", "DATABASE_URL"}}
    defaults = {name: str(FIELDS[name.lower()].default) for name in shown}
    assert shown == {name: text.lower() if text in {"True", "False"} else text for name, text in defaults.items()}


def commands() -> list[tuple[str, str]]:
    """Every call of the program in deploy/ and in the Makefile: its command and its options."""
    texts = [*TEXTS.values(), (ROOT / "Makefile").read_text()]
    calls = re.findall(r"(?:bin/|\(bin\)/|`)minsheng ([a-z]+)((?: --[a-z-]+)*)", "\n".join(texts))
    return sorted(set(calls))


@pytest.mark.parametrize(("command", "options"), commands())
def test_every_command_that_is_called_exists(command: str, options: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    told = capsys.readouterr().out
    assert ended.value.code == 0
    assert [option for option in options.split() if option not in told] == []


def test_commands_are_found_at_all() -> None:
    assert {"init", "seed", "serve", "contract"} <= {command for command, _ in commands()}


@pytest.mark.parametrize(
    "name",
    [
        "deploy/nginx/minsheng.conf",
        "deploy/runbook.md",
        "deploy/container/Containerfile",
        "deploy/container/compose.yaml",
    ],
)
def test_ports_are_the_one_that_the_program_listens_on(name: str) -> None:
    port = str(FIELDS["port"].default)
    found = re.findall(r"127\.0\.0\.1:(\d+)|EXPOSE (\d+)|MINSHENG_PORT=(\d+)|port (\d+)", TEXTS[name])
    assert {number for groups in found for number in groups if number} == {port}


def test_nginx_lets_through_exactly_what_the_program_accepts() -> None:
    (megabytes,) = re.findall(r"client_max_body_size\s+(\d+)m;", TEXTS["deploy/nginx/minsheng.conf"])
    assert int(megabytes) * 1024**2 == FIELDS["body_limit_bytes"].default


@pytest.mark.parametrize("name", TEXTS)
def test_files_of_the_installation_that_are_named_exist(name: str) -> None:
    named = set(re.findall(r"/opt/minsheng/([\w./-]+[\w])", TEXTS[name]))
    named |= set(re.findall(r"(?<![\w/])(deploy/[\w./-]+\w)", TEXTS[name]))
    assert [path for path in sorted(named) if not path.startswith(MADE) and not (ROOT / path).exists()] == []


def test_addresses_for_probes_exist() -> None:
    from fastapi.routing import iter_route_contexts  # noqa: PLC0415 - the other tests here do not need the program

    from minsheng.app import create_app  # noqa: PLC0415

    settings = Settings(database_url="sqlite:///never-opened.db", secret_keys="test:" + "5a" * 32)
    served = {route.path or "" for route in iter_route_contexts(create_app(settings).routes)}
    named = set(re.findall(r"(?<=[\s`0])/(?:livez|readyz|metrics)\b", "\n".join(TEXTS.values())))
    assert named == {"/livez", "/readyz", "/metrics"}
    assert named - served == set()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed, so its units go unchecked")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    for unit in (DEPLOY / "systemd").iterdir():
        # The programs are looked for, so they are named where they are here.
        text = unit.read_text().replace("/opt/minsheng/.venv/bin/minsheng", "/bin/true")
        text = text.replace("/opt/minsheng/.venv/bin/python", "/bin/true").replace("/opt/minsheng", str(ROOT))
        (tmp_path / unit.name).write_text(text)
    words = ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))]
    told = subprocess.run(words, capture_output=True, text=True, check=False)
    ours = [line for line in (told.stdout + told.stderr).splitlines() if "minsheng" in line]
    assert ours == []


def certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "minsheng.example.internal")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "minsheng.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "minsheng.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


@pytest.mark.skipif(
    not shutil.which("nginx", path=f"{os.environ.get('PATH')}:/usr/sbin"),
    reason="nginx is not installed, so its site goes unchecked",
)
def test_nginx_accepts_the_site(tmp_path: Path) -> None:
    certificate(tmp_path)
    site = TEXTS["deploy/nginx/minsheng.conf"].replace("/etc/minsheng/tls", str(tmp_path))
    # Testing a configuration opens its ports, which an ordinary account may not do below 1024.
    site = re.sub(r"listen (\[::\]:)?(80|443)\b", lambda m: f"listen {m[1] or ''}{int(m[2]) + 20000}", site)
    (tmp_path / "site.conf").write_text(site)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; "
        f"client_body_temp_path {tmp_path}/b; proxy_temp_path {tmp_path}/p; fastcgi_temp_path {tmp_path}/f; "
        f"uwsgi_temp_path {tmp_path}/u; scgi_temp_path {tmp_path}/s; include {tmp_path}/site.conf; }}"
    )
    nginx = shutil.which("nginx", path=f"{os.environ.get('PATH')}:/usr/sbin")
    assert nginx is not None
    words = [nginx, "-t", "-q", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    told = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")


def backup(folder: Path, **settings: str) -> list[Path]:
    words = [sys.executable, str(DEPLOY / "backup.py"), str(folder)]
    given = {f"MINSHENG_{name.upper()}": value for name, value in settings.items()}
    told = subprocess.run(words, env={**os.environ, **given}, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert oct(folder.stat().st_mode)[-3:] == "700"
    written = [Path(line) for line in told.stdout.splitlines()]
    assert sorted(folder.iterdir()) == sorted(written)
    return written


def test_a_backup_of_sqlite_holds_what_was_committed_while_a_writer_is_at_work(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "secrets").write_text("kid:00\n")
    (data / "sealing").write_text("11\n")
    (data / "files" / "content" / "ab").mkdir(parents=True)
    (data / "files" / "content" / "ab" / "abcd").write_text("evidence")
    with closing(sqlite3.connect(data / "minsheng.db", isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE county (name TEXT)")
        writer.execute("INSERT INTO county VALUES ('乐清市')")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO county VALUES ('苍南县')")
        copy, keys, sealing, files = backup(tmp_path / "backup", data_dir=str(data), database_url="")
        writer.execute("COMMIT")
    with closing(sqlite3.connect(copy)) as restored:
        assert restored.execute("SELECT name FROM county").fetchall() == [("乐清市",)]
    assert (keys.read_text(), sealing.read_text()) == ("kid:00\n", "11\n")
    assert (files / "ab" / "abcd").read_text() == "evidence"
    assert {oct(each.stat().st_mode)[-3:] for each in (copy, keys, sealing)} == {"600"}


@pytest.mark.postgresql
def test_a_backup_of_postgresql_can_be_restored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def build(url: str) -> None:
        with psycopg.connect(plain_url(url)) as database:
            database.execute("CREATE TABLE county (name text)")
            database.execute("INSERT INTO county VALUES ('乐清市')")

    with databases.Databases() as made:
        try:
            source = made.template("postgresql", "full", build)
            target = made.template("postgresql", "empty", lambda _: None)
        except PostgresUnavailableError as reason:
            missing(str(reason))
        if databases.GIVEN not in os.environ:
            # pg_dump refuses a server that is newer than itself, as the machine's own may find this one.
            monkeypatch.setenv("PATH", str(databases.binaries() / "bin"), prepend=os.pathsep)
        with source.copy() as url, target.copy() as empty:
            (dump,) = backup(tmp_path / "backup", data_dir=str(tmp_path), database_url=url)
            words = ["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={plain_url(empty)}", str(dump)]
            subprocess.run(words, check=True)
            with psycopg.connect(plain_url(empty)) as restored:
                assert restored.execute("SELECT name FROM county").fetchall() == [("乐清市",)]
