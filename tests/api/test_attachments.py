"""Attachments: uploaded in pieces or at once, hung on reports and milestones, read with those, never lost."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.conftest import at
from tests.factories.corpus import GOOD, HOSTILE, image, packed, photo
from tests.factories.problems import places, problem
from tests.factories.world import NOW

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from minsheng.kernel.settings import Settings
    from tests.conftest import Callers
    from tests.factories.world import World

PIECE = {"Content-Type": "application/octet-stream"}


def stored(settings: Settings) -> list[Path]:
    """Return every file of the store."""
    return [each for each in (settings.data_dir / "files").rglob("*") if each.is_file()]


def sent(people: Callers, who: str, content: bytes, *, piece: int = 1000) -> httpx.Response:
    """Send a content in pieces; return the last answer."""
    sha256 = hashlib.sha256(content).hexdigest()
    begun = people[who].call("POST", "/uploads", json={"sha256": sha256, "size": len(content)})
    assert begun.status_code == 201, begun.text
    answer, offset = begun, begun.json()["offset"]
    while answer.status_code < 300 and offset < len(content):
        headers = {**PIECE, "Upload-Offset": str(offset)}
        path = f"/uploads/{sha256}"
        answer = people[who].call("PATCH", path, content=content[offset : offset + piece], headers=headers)
        offset += piece
    return answer


def small(people: Callers, who: str, content: bytes, **query: Any) -> httpx.Response:
    """Send a small file in one request."""
    headers = {"Content-Type": "application/octet-stream"}
    return people[who].call("POST", "/attachments:upload", content=content, params=query, headers=headers)


def test_a_file_is_uploaded_in_pieces_resumed_hung_up_read_and_voided(
    people: Callers, world: World, settings: Settings
) -> None:
    report, content = str(world["november:roads:a1"]), photo() * 1
    sha256, clerk = hashlib.sha256(content).hexdigest(), people["a1-clerk"]
    body = {"report_id": report, "name": "../现场 1.jpg", "sha256": sha256}
    problem(clerk.call("POST", "/attachments", json=body), 409, "not-uploaded")
    clerk.post("/uploads", {"sha256": sha256, "size": len(content)}, status=201)
    path = f"/uploads/{sha256}"
    first = clerk.call("PATCH", path, content=content[:300], headers={**PIECE, "Upload-Offset": "0"})
    assert (first.json()["offset"], first.json()["complete"]) == (300, False)
    # The line broke: the server says where to go on, and elsewhere refuses with the place.
    head = clerk.call("HEAD", path)
    assert (head.status_code, head.headers["upload-offset"], head.content) == (200, "300", b"")
    again = clerk.call("PATCH", path, content=content[:300], headers={**PIECE, "Upload-Offset": "0"})
    assert problem(again, 409, "wrong-offset")["offset"] == 300
    assert people["a2-clerk"].call("GET", path).status_code == 404
    problem(clerk.call("POST", "/attachments", json=body), 409, "not-uploaded")
    assert sent(people, "a1-clerk", content).json()["complete"] is True
    made = clerk.post("/attachments", body, status=201)
    assert (made["name"], made["media_type"], made["size"]) == ("现场 1.jpg", "image/jpeg", len(content))
    assert (made["taken_at"], made["place"]) == ("2026-11-05 10:20:30", "27.994270, 120.699370")
    assert clerk.post("/attachments", body, status=201)["id"] == made["id"]
    assert [each.name for each in stored(settings)] == [sha256]
    # Who reads the report reads its evidence: the tiers above, the leading department, no neighbour and no stranger.
    file = f"/attachments/{made['id']}/content"
    for who, status in (
        ("a1-second", 200), ("a-office", 200), ("office", 200), ("lead", 200), ("auditor", 200),
        ("a2-clerk", 404), ("b-office", 404), ("outsider", 404), ("admin", 403),
    ):  # fmt: skip
        assert people[who].call("GET", file).status_code == status, who
        assert people[who].call("GET", f"/attachments/{made['id']}").status_code == status, who
    got = clerk.call("GET", file)
    assert got.content == content
    assert (got.headers["content-type"], got.headers["etag"]) == ("image/jpeg", f'"{sha256}"')
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    assert got.headers["content-disposition"] == "inline; filename*=UTF-8''%E7%8E%B0%E5%9C%BA%201.jpg"
    assert clerk.call("GET", file, headers={"If-None-Match": f'"{sha256}"'}).status_code == 304
    for wanted, start, stop in (
        ("bytes=10-19", 10, 20),
        ("bytes=-5", len(content) - 5, None),
        ("bytes=700-", 700, None),
    ):
        part = clerk.call("GET", file, headers={"Range": wanted})
        assert (part.status_code, part.content) == (206, content[start:stop]), wanted
    stale = clerk.call("GET", file, headers={"Range": "bytes=0-1", "If-Range": '"other"'})
    assert (stale.status_code, stale.content) == (200, content)
    problem(clerk.call("GET", file, headers={"Range": "bytes=999999-"}), 416, "range-not-satisfiable")
    thumb = clerk.call("GET", f"/attachments/{made['id']}/thumbnail")
    assert (thumb.status_code, thumb.headers["content-type"], thumb.content[:2]) == (200, "image/jpeg", b"\xff\xd8")
    # Removed by a move: it stays in the log and in the store.
    assert people["a2-clerk"].call("POST", f"/attachments/{made['id']}/void", version=1).status_code == 404
    assert people["a-office"].call("POST", f"/attachments/{made['id']}/void", version=1).status_code == 403
    assert clerk.post(f"/attachments/{made['id']}/void", version=1)["status"] == "void"
    assert clerk.get("/attachments", report_id=report)["items"] == []
    assert [row["id"] for row in clerk.get("/attachments", report_id=report, status="void")["items"]] == [made["id"]]
    assert sha256 in {each.name for each in stored(settings)}
    # It was seen before, so it need not be sent again; whoever cannot see it has to send it himself.
    assert clerk.post("/attachments", body, status=201)["id"] != made["id"]
    other = {**body, "report_id": str(world["november:roads:a2"])}
    problem(people["a2-clerk"].call("POST", "/attachments", json=other), 409, "not-uploaded")


def test_every_kind_is_taken_and_every_hostile_file_leaves_nothing(
    people: Callers, world: World, settings: Settings
) -> None:
    report = str(world["november:roads:a1"])
    for what, (make, reason) in HOSTILE.items():
        content = make()
        if len(content) > 1024 * 1024:
            refused = sent(people, "a1-clerk", content, piece=4 * 1024 * 1024)
        else:
            refused = small(people, "a1-clerk", content, report_id=report, name=f"{what}.jpg")
        code = "invalid" if what == "nothing" else "file-refused"
        assert places(refused, 422, code) == [("", reason)], what
        assert stored(settings) == [], what
    for what, (make, name, kind) in GOOD.items():
        made = small(people, "a1-clerk", make(), report_id=report, name=name)
        assert made.status_code == 201, (what, made.text)
        assert (made.json()["name"], made.json()["media_type"].partition(";")[0]) == (name, kind)
    assert people["a1-clerk"].call("GET", "/attachments", params={"report_id": report}).status_code == 200
    assert len(stored(settings)) == len(GOOD)
    listed = people["a1-clerk"].get("/attachments", report_id=report)["items"]
    old = next(row for row in listed if "gb18030" in row["media_type"])
    got = people["a1-clerk"].call("GET", f"/attachments/{old['id']}/content")
    assert (got.text, got.headers["content-disposition"].partition(";")[0]) == ("路面已浇筑三公里。\n", "attachment")
    problem(people["a1-clerk"].call("GET", f"/attachments/{old['id']}/thumbnail"), 409, "no-thumbnail")
    # Hash, size and limits are what the server finds, not what was said.
    clerk, wrong = people["a1-clerk"], hashlib.sha256(b"other").hexdigest()
    clerk.post("/uploads", {"sha256": wrong, "size": 4}, status=201)
    answer = clerk.call("PATCH", f"/uploads/{wrong}", content=b"text", headers={**PIECE, "Upload-Offset": "0"})
    assert places(answer) == [("sha256", "hash-mismatch")]
    clerk.post("/uploads", {"sha256": wrong, "size": 2}, status=201)
    answer = clerk.call("PATCH", f"/uploads/{wrong}", content=b"text", headers={**PIECE, "Upload-Offset": "0"})
    assert places(answer) == [("Upload-Offset", "longer-than-declared")]
    huge = {"sha256": wrong, "size": settings.file_bytes + 1}
    problem(clerk.call("POST", "/uploads", json=huge), 413, "too-large")
    problem(small(people, "a1-clerk", b"x" * 1_100_000, report_id=report, name="x.txt"), 413, "too-large")
    assert places(small(people, "a1-clerk", b"x", name="x.txt")) == [("report_id", "one-of")]
    # A scanner has the last word, and silence is no consent.
    for command, status, code in (("false", 422, "file-refused"), ("no-such-program", 503, "unavailable")):
        settings.scan_command = command
        fresh = packed({"word/more.xml": command.encode()})
        problem(small(people, "a1-clerk", fresh, report_id=report, name="x.docx"), status, code)
        assert len(stored(settings)) == len(GOOD)
    settings.scan_command = "true"
    fresh = packed({"word/more.xml": b"clean"})
    assert small(people, "a1-clerk", fresh, report_id=report, name="x.docx").status_code == 201


def test_evidence_is_locked_with_what_it_hangs_on(people: Callers, world: World, settings: Settings) -> None:
    clerk, report = people["a1-clerk"], str(world["november:schools:a1"])
    made = small(people, "a1-clerk", image(), report_id=report, name="a.jpg").json()
    figures = {"values": [{"target_id": str(world["schools:a1:target"]), "value": "4"}]}
    clerk.patch(f"/reports/{report}", figures, version=1)
    clerk.post(f"/reports/{report}/submit", version=2)
    # Handed in: what the reviewer looks at stays as it is.
    problem(small(people, "a1-clerk", image("PNG"), report_id=report, name="b.png"), 409, "locked")
    problem(clerk.call("POST", f"/attachments/{made['id']}/void", version=1), 409, "locked")
    shown = people["a-reviewer"].get("/attachments", report_id=report)["items"]
    assert [row["id"] for row in shown] == [made["id"]]
    before = len(stored(settings))
    draft = str(world["november:roads:a1"])
    evidence = small(people, "a1-clerk", image("WEBP"), report_id=draft, name="c.webp").json()
    with at(NOW + timedelta(days=60)):
        people.log_in_anew()
        closed = small(people, "a1-clerk", image("PNG"), report_id=draft, name="b.png")
        problem(closed, 409, "round-closed")
        gone = people["a1-clerk"].call("POST", f"/attachments/{evidence['id']}/void", version=1)
        problem(gone, 409, "round-closed")
    people.log_in_anew()
    assert len(stored(settings)) == before + 1
    for who, status in (("a2-clerk", 404), ("a-office", 403), ("lead", 403), ("outsider-clerk", 404)):
        assert small(people, who, image(), report_id=draft, name="x.jpg").status_code == status, who
    # A milestone takes evidence once it is fixed.
    plan = {"task_id": str(world["roads:a1"]), "name": "主体完成", "planned_on": "2026-12-20"}
    step = people["a1-clerk"].post("/milestones", plan, status=201)
    problem(small(people, "a1-clerk", image(), milestone_id=step["id"], name="a.jpg"), 409, "locked")
    people["a1-clerk"].post(f"/milestones/{step['id']}/issue", version=1)
    hung = small(people, "a1-clerk", image(), milestone_id=step["id"], name="a.jpg").json()
    assert (hung["milestone_id"], hung["report_id"]) == (step["id"], None)
    assert people["a1-clerk"].post(f"/attachments/{hung['id']}/void", version=1)["status"] == "void"
