"""A hostile file is refused within a second, for the right reason; a good one of each kind is let in."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.attachments import names, photos
from minsheng.attachments.inspection import ENDINGS, Limits, inspect
from minsheng.attachments.refusals import FileRefused
from minsheng.kernel import files
from minsheng.kernel.errors import NotFound, Problem
from minsheng.kernel.ids import new_id
from tests.factories.corpus import GOOD, HOSTILE, image, photo

LIMITS = Limits(pixels=120_000_000, unpacked=100 * 1024 * 1024)
MEGABYTE = 1024


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_within_a_second(what: str, tmp_path: Path) -> None:
    make, reason = HOSTILE[what]
    path = tmp_path / "file"
    path.write_bytes(make())
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(FileRefused) as refusal:
        inspect(path, LIMITS)
    took = time.process_time() - started
    assert [error.code for error in refusal.value.errors] == [reason]
    assert took < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * MEGABYTE


@pytest.mark.parametrize("what", GOOD)
def test_a_good_file_of_each_kind_is_let_in(what: str, tmp_path: Path) -> None:
    make, name, kind = GOOD[what]
    path = tmp_path / "file"
    path.write_bytes(make())
    assert inspect(path, LIMITS).media_type == kind
    assert names.clean(name, kind) == name
    if kind.startswith("image/"):
        assert photos.thumbnail(path)


def test_a_photo_may_say_when_and_where_and_its_small_picture_does_not(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(photo())
    found = inspect(path, LIMITS)
    assert (found.taken_at, found.place) == ("2026-11-05 10:20:30", "27.994270, 120.699370")
    assert (found.width, found.height) == (64, 48)
    path.write_bytes(photos.thumbnail(path) or b"")
    small = inspect(path, LIMITS)
    assert (small.taken_at, small.place) == (None, None)
    path.write_bytes(image())
    assert (inspect(path, LIMITS).taken_at, inspect(path, LIMITS).place) == (None, None)


@given(st.text(max_size=300), st.sampled_from(sorted(ENDINGS)))
def test_a_cleaned_name_is_one_step_with_a_fitting_ending(name: str, kind: str) -> None:
    cleaned = names.clean(name, kind)
    assert 1 < len(cleaned) <= 120
    assert not set(cleaned) & set('/\\\0\r\n\u202e<>:"|?*')
    assert cleaned.lower().endswith(ENDINGS[kind])
    assert not cleaned.startswith(".")
    assert names.clean(cleaned, kind) == cleaned


def test_names_are_texts_and_no_paths() -> None:
    assert names.clean("../../etc/passwd", "text/plain") == "passwd.txt"
    assert names.clean("C:\\temp\\invoice\u202egpj.exe", "image/jpeg") == "invoicegpj.exe.jpg"
    assert names.clean("page.html", "text/plain") == "page.html.txt"
    assert names.clean("...", "application/pdf") == "附件.pdf"


def test_an_upload_grows_only_where_it_stands(tmp_path: Path) -> None:
    store, owner = files.FileStore(tmp_path), new_id()
    content = b"0123456789"
    sha256 = files.hashlib.sha256(content).hexdigest()
    assert store.begin(owner, sha256, 10).offset == 0
    assert store.append(owner, sha256, 0, content[:4]).offset == 4
    with pytest.raises(files.WrongOffset) as wrong:
        store.append(owner, sha256, 0, content[:4])
    assert wrong.value.extra == {"offset": 4}
    assert store.begin(owner, sha256, 10).offset == 4
    with pytest.raises(Problem):
        store.begin(owner, sha256, 11)
    with pytest.raises(NotFound):
        store.append(new_id(), sha256, 0, content)
    assert store.append(owner, sha256, 4, content[4:]).offset == 10
    store.note(owner, sha256, {})
    store.keep(owner, sha256)
    assert store.path(sha256).read_bytes() == content
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == [store.path(sha256)]
    # Whoever begins too many gives up the one that rested longest.
    many = [f"{number:064x}" for number in range(files.MOST_UPLOADS + 1)]
    for each in many:
        store.begin(owner, each, 10)
    assert [store.upload(owner, each) is None for each in many] == [True] + [False] * files.MOST_UPLOADS
    for each in many:
        store.drop(owner, each)
    # Too much, or something else than was declared, leaves nothing behind.
    for piece in (content + b"x", b"9876543210"):
        store.begin(owner, sha256, 10)
        with pytest.raises(Problem):
            store.append(owner, sha256, 0, piece)
        assert store.upload(owner, sha256) is None
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == [store.path(sha256)]
