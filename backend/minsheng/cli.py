"""The command line: init · seed · found · serve · worker · reseal · export-evidence · verify · contract."""

import argparse
import gc
import json
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import uvicorn
from sqlalchemy.exc import OperationalError

from minsheng.app import EVERYTHING, create_app
from minsheng.boards.freezing import freeze_due
from minsheng.calendars import service as calendars
from minsheng.checks.service import ensure_patterns
from minsheng.disbursements.accounts import reseal
from minsheng.identity import service
from minsheng.identity.sessions import Authenticator
from minsheng.integration import evidence
from minsheng.kernel import logs, migrations, sealing
from minsheng.kernel.access import Access, Session
from minsheng.kernel.ciphers import Cipher
from minsheng.kernel.db import Database, make_engine
from minsheng.kernel.door import open_session
from minsheng.kernel.jobs import wake
from minsheng.kernel.lifecycle import diagrams
from minsheng.kernel.settings import PROJECT_ROOT, Settings
from minsheng.kernel.signing import Signer
from minsheng.kernel.workers import Worker
from minsheng.milestones.templates import ensure_templates
from minsheng.rule_sets.service import ensure_presets
from minsheng.sample import load

T = TypeVar("T")

CONTRACT = PROJECT_ROOT / "openapi" / "openapi.json"
DIAGRAMS = PROJECT_ROOT / "backend" / "docs" / "lifecycles.md"


def main(arguments: list[str] | None = None) -> None:
    """Run one command."""
    parser = argparse.ArgumentParser(prog="minsheng", description="民生实事管理系统")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("init", help="建立数据目录、密钥与数据库结构")
    seed = commands.add_parser("seed", help="装入温州样例数据，或生成任意规模的测试数据")
    seed.add_argument("--if-empty", action="store_true", help="已有数据则不做任何事")
    seed.add_argument(
        "--synthetic", metavar="规模", help='生成数据，如 "counties=12,townships=150,targets=111,rounds=12"'
    )
    found = commands.add_parser("found", help="正式启用：建立根机构与第一个系统管理员")
    found.add_argument("--unit", required=True, help="根机构名称，如 温州市")
    found.add_argument("--tier", choices=["province", "city", "county"], required=True, help="层级")
    found.add_argument("--code", help="12 位区划代码")
    found.add_argument("--username", default="admin", help="管理员账号")
    found.add_argument("--name", default="系统管理员", help="管理员姓名")
    commands.add_parser("serve", help="启动服务")
    commands.add_parser("worker", help="另起一个执行后台任务的进程")
    commands.add_parser("reseal", help="更换密钥后、撤下旧密钥前：用新密钥重新加密账号")
    evidence = commands.add_parser("export-evidence", help="导出全部封存的记录与核验程序，供审计在自己的机器上核验")
    evidence.add_argument("folder", type=Path, help="空目录")
    verify = commands.add_parser("verify", help="核验数据库里的记录有没有被改动，有则指出是哪一条")
    verify.add_argument("--head", action="append", default=[], help="另行保存的校验头，可给多个")
    contract = commands.add_parser("contract", help="写出接口契约 openapi/openapi.json")
    contract.add_argument("--check", action="store_true", help="只检查文件是否最新，过期则失败")
    chosen = parser.parse_args(arguments)
    if chosen.command == "init":
        _init()
    elif chosen.command == "seed":
        _seed(if_empty=chosen.if_empty, synthetic=chosen.synthetic)
    elif chosen.command == "found":
        _found(chosen)
    elif chosen.command == "serve":
        _serve()
    elif chosen.command == "worker":
        _work()
    elif chosen.command == "reseal":
        _reseal()
    elif chosen.command == "export-evidence":
        _export_evidence(chosen.folder)
    elif chosen.command == "verify":
        _verify(chosen.head)
    else:
        _contract(check=chosen.check)


def _init() -> None:
    settings = Settings()
    settings.make_secrets()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrations.upgrade(settings.url)
    _in_transaction(settings, "built-in roles", service.ensure_roles)
    _in_transaction(settings, "holidays", calendars.ensure_days)
    _in_transaction(settings, "shipped rule sets", ensure_presets)
    _in_transaction(settings, "shipped milestone templates", ensure_templates)
    _in_transaction(settings, "shipped check rules", ensure_patterns)
    print("数据库已就绪。")


def _in_transaction(settings: Settings, why: str, work: Callable[[Session], T]) -> T:
    database = Database(settings.url)
    with open_session(database, Access.system(why), write=True) as session:
        result = work(session)
        session.commit()
    database.dispose()
    return result


def _found(chosen: argparse.Namespace) -> None:
    password = _in_transaction(
        Settings(),
        "founding",
        lambda session: service.found(session, chosen.unit, chosen.tier, chosen.code, chosen.username, chosen.name),
    )
    print(f"管理员 {chosen.username} 的初始密码：{password}  首次登录须修改。")


def _seed(*, if_empty: bool, synthetic: str | None) -> None:
    settings = Settings()
    if synthetic:
        sizes = {name: int(number) for name, _, number in (part.partition("=") for part in synthetic.split(","))}
        load.synthetic(settings.url, sizes)
    elif load.wenzhou(settings.url, if_empty=if_empty):
        # Months that have closed are frozen and the record is sealed here: the first visitor does not wait for it.
        database = Database(settings.url)
        freeze_due(database)
        if settings.sealing_seed is not None:
            sealing.seal(database.engine, Signer(settings.sealing_seed), settings.seal_hash)
        database.dispose()


def _serve() -> None:
    settings = Settings()
    engine = make_engine(settings.url)
    try:
        behind = migrations.pending(engine)
    except OperationalError as error:
        sys.exit(f"连不上数据库：请先运行 minsheng init，或检查 MINSHENG_DATABASE_URL。\n{error.orig}")
    if behind:
        engine.dispose()
        sys.exit("数据库结构与程序不符：请先运行 minsheng init。")
    accounts = load.accounts(engine)
    engine.dispose()
    print(f"\n  民生实事  http://{settings.host}:{settings.port}/    接口文档  /docs  /redoc\n")
    if accounts:
        settings = settings.model_copy(update={"demo_accounts": True})
        print(f"  演示账号（密码都是 {load.PASSWORD}）：")
        for username, role, unit in accounts:
            print(f"    {username:<18} {role}  {unit}")
        print(flush=True)
    logs.set_up()
    app = create_app(settings, beside=EVERYTHING if settings.worker_thread else EVERYTHING - {"jobs"})
    # Routes and models are there for good: looking through them for garbage again and again was a fifth
    # of a request's time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=10,
    )


def _work() -> None:
    """Run jobs until the process is told to end; what runs then is taken up again by another."""
    logs.set_up()
    settings = Settings()
    stop = threading.Event()

    def end(*_: object) -> None:
        stop.set()
        wake.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    database = Database(settings.url, pool_size=2)
    Worker(database, Authenticator(settings)).keep_working(stop)
    database.dispose()


def _reseal() -> None:
    settings = Settings()
    cipher = Cipher(settings.keys)
    changed = _in_transaction(settings, "account numbers are sealed anew", lambda session: reseal(session, cipher))
    print(f"重新加密 {changed} 个账号。")


def _export_evidence(folder: Path) -> None:
    settings = Settings()
    database = Database(settings.url)
    try:
        if settings.sealing_seed is not None:
            # What was done until now is to be in it.
            sealing.seal(database.engine, Signer(settings.sealing_seed), settings.seal_hash)
        count = evidence.export(database.engine, folder)
        head = evidence.newest(database.engine)
    except FileExistsError:
        sys.exit(f"{folder} 不是空目录。")
    finally:
        database.dispose()
    print(f"已导出 {count} 条。核验：python3 {folder / 'verify.py'} {folder}")
    print(f"最新校验头（请另行保存）：{head}")


def _verify(published: list[str]) -> None:
    database = Database(Settings().url)
    try:
        findings = evidence.check(database.engine, published)
        head = evidence.newest(database.engine)
    except ValueError as error:
        sys.exit(f"校验头写法不对：{error}")
    finally:
        database.dispose()
    for finding in findings:
        print("✗", finding)
    if findings:
        sys.exit(f"发现 {len(findings)} 处问题。")
    print(f"没有发现问题。最新校验头：{head}")


def _contract(*, check: bool) -> None:
    for path, text in ((CONTRACT, contract_text()), (DIAGRAMS, diagrams())):
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            sys.exit(f"{path.relative_to(PROJECT_ROOT)} 已过期：请运行 make contract。")


def contract_text() -> str:
    """Return the contract as it is committed; no database and no secret is needed for it."""
    settings = Settings(
        database_url="sqlite:///never-opened.db", secret_keys="contract:" + "0" * 64, client_dir=Path("none")
    )
    return json.dumps(create_app(settings).openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    main()
