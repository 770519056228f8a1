"""Finds Debian's Chromium for the browser tests, and installs it when this process may.

Run as a program it says in one sentence what the browser tests will do; it fails only where skipping is forbidden.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

#: Debian's names first; MINSHENG_CHROMIUM overrules them.
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
#: The journeys are about Chinese text; without a font every character is an empty box.
PACKAGES = ("chromium", "fontconfig", "fonts-noto-cjk")

#: A browser that calls nobody: tests must neither wait for nor depend on anything outside.
ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def strict() -> bool:
    """Whether a missing PostgreSQL, Chromium or client build is a failure instead of a skipped test."""
    return os.environ.get("MINSHENG_TEST_STRICT") == "1"


def find_chromium() -> Path | None:
    named = os.environ.get("MINSHENG_CHROMIUM")
    for candidate in (named,) if named else PROGRAMS:
        if found := shutil.which(candidate):
            return Path(found)
    return None


def has_chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return False
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


def launch_options() -> dict[str, object]:
    """Arguments for Playwright's `chromium.launch`; raises LookupError with a plain sentence when there is none."""
    chromium = find_chromium()
    if chromium is None:
        raise LookupError(ABSENT)
    # Chromium's sandbox refuses to run as root, which containers and build servers are.
    alone = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": str(chromium), "headless": True, "args": [*ARGUMENTS, *alone]}


ABSENT = "Chromium is not installed, so the browser tests are skipped: apt-get install " + " ".join(PACKAGES)


def install() -> bool:
    """Installs Chromium and a Chinese font with apt-get; false when this process may not or it did not work."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    print("Installing Chromium and a Chinese font with apt-get …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    commands = (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES])
    for command in commands:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            print(done.stdout[-2000:], done.stderr[-2000:], file=sys.stderr)
            return False
    return find_chromium() is not None


def main() -> int:
    if find_chromium() is None or not has_chinese_font():
        install()
    if find_chromium() is None:
        print(ABSENT)
        return 1 if strict() else 0
    if not has_chinese_font():
        print("No Chinese font is installed; pictures will show boxes: apt-get install fonts-noto-cjk")
        return 1 if strict() else 0
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
