"""How a chase reaches a unit. One small interface, two adapters that carry it out of the system.

``system`` needs none: the row is the message, the unit sees it on its start page. ``phone`` and ``paper`` are people.
"""

import http.client
import ipaddress
import json
import socket
import ssl
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from minsheng.kernel import clock
from minsheng.kernel.settings import Settings

NAMES = {
    "system": "系统内消息",
    "http": "短信或工作群（HTTP 接口）",
    "log": "写入日志文件",
    "phone": "电话",
    "paper": "书面通知",
}
READ_BYTES = 300
"""So much of a refusal is kept; a receiver that sends more is not listened to."""


class DeliveryError(Exception):
    """What happened instead of a delivery, in a sentence for the log.

    ``unsure`` when the message may have arrived all the same: then nobody but a person sends it again.
    """

    def __init__(self, message: str, *, unsure: bool = False) -> None:
        super().__init__(message)
        self.unsure = unsure


class Adapter(Protocol):
    """Carries one message out; raises :class:`DeliveryError` when it did not arrive."""

    def send(self, message: dict[str, Any]) -> None:
        """Deliver ``message``; its ``id`` is the same on every attempt, so that a receiver can drop repeats."""


class LogFile:
    """Appends each message as one line of JSON: for trying things out, and for a sender that follows the file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, message: dict[str, Any]) -> None:
        """Append one line."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"at": clock.now().isoformat(), **message}, ensure_ascii=False) + "\n")
        except OSError as error:
            raise DeliveryError(f"日志文件写不进去：{error.strerror}") from error


class HttpPost:
    """Posts each message as JSON to one address of the installation's own choosing.

    Redirects are not followed. The name is looked up once and the connection goes to that very address, so that a
    name that answers differently the second time leads nowhere else.
    """

    def __init__(self, url: str, token: str, seconds: float, private_hosts: frozenset[str]) -> None:
        self.url = urlsplit(url)
        self.token = token
        self.seconds = seconds
        self.private_hosts = private_hosts

    def send(self, message: dict[str, Any]) -> None:
        """Post one message; anything but 2xx is a failure."""
        host, port = self.url.hostname or "", self.url.port or (443 if self.url.scheme == "https" else 80)
        if self.url.scheme not in {"http", "https"} or not host:
            raise DeliveryError("接口地址应以 https:// 或 http:// 开头")
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": str(message["id"]),
            "Connection": "close",
            **({"Authorization": f"Bearer {self.token}"} if self.token else {}),
        }
        path = (self.url.path or "/") + (f"?{self.url.query}" if self.url.query else "")
        connection = _Pinned(host, port, self._address(host, port), self.seconds, secure=self.url.scheme == "https")
        try:
            connection.connect()
        except (OSError, ValueError) as error:
            connection.close()
            raise DeliveryError(f"连不上对方：{type(error).__name__} {error}"[:300]) from error
        try:
            connection.request("POST", path, json.dumps(message, ensure_ascii=False).encode(), headers)
            answer = connection.getresponse()
            said = answer.read(READ_BYTES).decode("utf-8", "replace")
        except (OSError, http.client.HTTPException, ValueError) as error:
            # It was on its way: whether it was taken is not known.
            said = f"发出后没有收到答复，可能已经送达：{type(error).__name__} {error}"
            raise DeliveryError(said[:300], unsure=True) from error
        finally:
            connection.close()
        if not 200 <= answer.status < 300:
            words = " ".join("".join(letter for letter in said if letter.isprintable() or letter == " ").split())
            raise DeliveryError(f"对方答复 {answer.status}：{words}"[:300])

    def _address(self, host: str, port: int) -> str:
        """Return the address to connect to.

        Raises:
            DeliveryError: the name is unknown, or leads into a network that the settings do not name.
        """
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise DeliveryError(f"找不到主机 {host}") from error
        addresses = [str(each[4][0]) for each in found]
        if host not in self.private_hosts:
            for address in addresses:
                if not public(address):
                    raise DeliveryError(f"主机 {host} 在内网（{address}），设置里没有写明允许")
        return addresses[0]


def public(address: str) -> bool:
    """Say whether an address lies on the open internet, also behind a mapping into IPv6."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None and not public(str(inner)):
            return False
    return found.is_global and not found.is_multicast


class _Pinned(http.client.HTTPConnection):
    """A connection to one address that was looked at before, whatever its name may say by then."""

    def __init__(self, host: str, port: int, address: str, seconds: float, *, secure: bool) -> None:
        super().__init__(host, port, timeout=seconds)
        self.address = address
        self.context = ssl.create_default_context() if secure else None

    def connect(self) -> None:
        """Connect to the address; the certificate is still asked for the name."""
        self.sock = socket.create_connection((self.address, self.port), self.timeout)
        if self.context is not None:
            self.sock = self.context.wrap_socket(self.sock, server_hostname=self.host)


def ready(settings: Settings) -> frozenset[str]:
    """Return the channels that this installation can use."""
    return frozenset({"system", "log", "phone", "paper"} | ({"http"} if settings.chase_http_url else set()))


def adapters(settings: Settings) -> dict[str, Adapter]:
    """Return the adapter of each channel that leaves the system."""
    found: dict[str, Adapter] = {"log": LogFile(settings.data_dir / "chases.log")}
    if settings.chase_http_url:
        hosts = frozenset(settings.chase_http_private_hosts.split())
        found["http"] = HttpPost(settings.chase_http_url, settings.chase_http_token, settings.chase_http_seconds, hosts)
    return found
