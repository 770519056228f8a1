"""Everything that may differ between two installations, read once at start from the environment."""

import secrets
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parents[3]


class Settings(BaseSettings):
    """Settings of one installation; each is read from ``MINSHENG_<NAME>``."""

    model_config = SettingsConfigDict(env_prefix="MINSHENG_", extra="ignore")

    data_dir: Path = Field(default=PROJECT_ROOT / "var", description="数据目录：嵌入式数据库与密钥")
    client_dir: Path = Field(default=PROJECT_ROOT / "frontend" / "dist", description="网页客户端的构建产物")
    database_url: str = Field(default="", description="留空则用数据目录下的 SQLite;生产用 postgresql+psycopg://")
    host: str = Field(default="127.0.0.1", description="监听地址")
    port: int = Field(default=8000, ge=1, le=65535, description="监听端口")
    pool_size: int = Field(default=8, ge=1, le=100, description="每个进程的数据库连接数")
    admission_seconds: float = Field(default=1.0, gt=0, le=30, description="等待数据库连接的上限（秒）,超过即答 503")
    worker_thread: bool = Field(
        default=True, description="由服务进程自己执行后台任务；另有 minsheng worker 进程时可关闭"
    )
    body_limit_bytes: int = Field(default=10 * 1024 * 1024, ge=1024, description="请求体上限（字节）")
    access_token_minutes: int = Field(default=15, ge=1, le=15, description="访问令牌有效期（分钟）")
    refresh_token_days: int = Field(default=30, ge=1, le=90, description="刷新令牌有效期（天）")
    session_hours: int = Field(default=12, ge=1, le=24, description="网页会话最长时间（小时）")
    lockout_attempts: int = Field(default=5, ge=1, le=10, description="连续输错密码几次后锁定")
    lockout_minutes: int = Field(default=15, ge=1, le=1440, description="锁定时长（分钟）")
    allow_plain_http: bool = Field(
        default=False, description="内网没有证书时才打开：会话 Cookie 不再要求 https;本机回环地址始终可用"
    )
    file_bytes: int = Field(default=20 * 1024 * 1024, ge=1024, description="附件大小上限（字节）")
    file_unpacked_bytes: int = Field(
        default=100 * 1024 * 1024, ge=1024, description="Word、Excel 附件展开后的大小上限（字节）"
    )
    image_pixels: int = Field(default=120_000_000, ge=1_000_000, description="图片附件的像素上限")
    scan_command: str = Field(default="", description="查毒命令，文件路径接在最后：0 为干净，1 为有毒；留空则不查")
    scan_seconds: float = Field(default=20.0, gt=0, le=120, description="等待查毒命令的上限（秒）")
    chase_cooldown_hours: int = Field(
        default=24, ge=0, le=720, description="同一单位同一填报期两次催报的最短间隔（小时）"
    )
    chase_http_url: str = Field(default="", description="催报的 HTTP 接口地址（短信、工作群）；留空则没有这个渠道")
    chase_http_token: str = Field(default="", description="催报接口的令牌，作为 Authorization: Bearer 发送")
    chase_http_seconds: float = Field(default=5.0, gt=0, le=30, description="等待催报接口的上限（秒）")
    chase_http_private_hosts: str = Field(default="", description="允许在内网的催报接口主机名，空格分隔")
    demo_accounts: bool = Field(default=False, description="登录页列出演示账号；只用于样例数据")
    secret_keys: str = Field(
        default="", description="签名密钥 kid:hex，新的在前，最多两个；留空则由 init 写入数据目录的 secrets 文件"
    )

    sealing_key: str = Field(
        default="",
        description="封存签名密钥（Ed25519 种子，64 位十六进制）；留空则由 init 写入数据目录的 sealing 文件",
    )
    seal_hash: Literal["sha256", "sm3"] = Field(default="sha256", description="记录封存的杂凑算法，首次封存后不再改变")

    @cached_property
    def url(self) -> str:
        """The database to use: the given one, or SQLite in the data directory."""
        return self.database_url or f"sqlite:///{self.data_dir / 'minsheng.db'}"

    @property
    def secrets_file(self) -> Path:
        return self.data_dir / "secrets"

    @property
    def sealing_file(self) -> Path:
        return self.data_dir / "sealing"

    def make_secrets(self) -> None:
        """Write fresh keys on first start, readable by this account alone."""
        if not self.secret_keys:
            self._write_once(self.secrets_file, f"{secrets.token_hex(4)}:{secrets.token_hex(32)}\n")
        if not self.sealing_key:
            self._write_once(self.sealing_file, f"{secrets.token_hex(32)}\n")

    def _write_once(self, path: Path, content: str) -> None:
        if not path.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(content, encoding="ascii")

    @cached_property
    def sealing_seed(self) -> bytes | None:
        """The key that signs heads, if there is one here: a machine that only answers requests needs none.

        Raises:
            ValueError: it is not 32 bytes.
        """
        file = self.sealing_file
        text = self.sealing_key or (file.read_text(encoding="ascii") if file.exists() else "")
        seed = bytes.fromhex(text)
        if len(seed) not in {0, 32}:
            message = "封存密钥应为 64 位十六进制"
            raise ValueError(message)
        return seed or None

    @cached_property
    def keys(self) -> dict[str, bytes]:
        """Signing keys by ``kid``; the first signs, all verify.

        Raises:
            ValueError: no key, more than two, or one shorter than 32 bytes: the service does not start on a guess.
        """
        text = self.secret_keys or (self.secrets_file.read_text(encoding="ascii") if self.secrets_file.exists() else "")
        keys = {kid: bytes.fromhex(value) for kid, _, value in (part.partition(":") for part in text.split())}
        if not 1 <= len(keys) <= 2 or any(len(key) < 32 for key in keys.values()):
            message = "签名密钥缺失或过短：请先运行 minsheng init，或设置 MINSHENG_SECRET_KEYS"
            raise ValueError(message)
        return keys
