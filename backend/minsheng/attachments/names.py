"""Names of attachments: a text for people, never a path."""

import re
import unicodedata
from urllib.parse import quote

from minsheng.attachments.inspection import ENDINGS

LONGEST = 120
# Control characters, separators of lines, and marks that turn the direction of text, so that exe.gpj reads jpg.exe.
_UNWANTED = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff<>:\"|?*]")


def clean(name: str, media_type: str) -> str:
    """Return a name that can be shown and saved: the last step of a path, without tricks, with a fitting ending."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = _UNWANTED.sub("", last).strip(" .") or "附件"
    endings = ENDINGS[media_type]
    if not kept.lower().endswith(endings):
        return kept[: LONGEST - len(endings[0])] + endings[0]
    stem, dot, ending = kept.rpartition(".")
    return stem[: LONGEST - len(ending) - 1] + dot + ending


def disposition(name: str, *, shown: bool) -> str:
    """Return how a browser is to treat the file: images are shown, everything else is saved."""
    return f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}"
