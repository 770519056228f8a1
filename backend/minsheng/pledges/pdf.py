"""The pledge as PDF, laid out as GB/T 9704-2012 asks: 22 lines of 28 characters on A4.

WeasyPrint draws; it needs Pango from the system. Fonts are asked for by the names that offices know and fall back,
glyph by glyph, to what is installed. An office with licensed fonts puts the files into ``fonts`` in the data directory.
"""

import hashlib
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import quote

from minsheng.kernel import stamps
from minsheng.kernel.errors import Problem
from minsheng.kernel.signing import Head
from minsheng.pledges.paper import Paper, Section, Signature, Table

LAYOUT = 1
"""Counts every change of what papers look like: a paper is drawn once for each version of row and layout."""

_FONT_FILES = {".ttf": "truetype", ".otf": "opentype", ".ttc": "collection"}
_FANGSONG = '"仿宋_GB2312", "FangSong_GB2312", "仿宋", "FangSong", "STFangsong", "Noto Serif CJK SC", serif'
_KAITI = '"楷体_GB2312", "KaiTi_GB2312", "楷体", "KaiTi", "LXGW WenKai", "Noto Serif CJK SC", serif'
_HEITI = '"黑体", "SimHei", "Noto Sans CJK SC", "WenQuanYi Zen Hei", sans-serif'
_XIAOBIAOSONG = '"方正小标宋简体", "FZXiaoBiaoSong-B05S", "小标宋体", "Noto Serif CJK SC", serif'
_SONG = '"宋体", "SimSun", "Noto Serif CJK SC", serif'

_STYLE = f"""
@page {{ size: A4; margin: 37mm 26mm 35mm 28mm; }}
@page :right {{ @bottom-right {{ content: "— " counter(page) " —"; padding-right: 1em; }} }}
@page :left {{ @bottom-left {{ content: "— " counter(page) " —"; padding-left: 1em; }} }}
@page {{
  @bottom-left {{ font: 14pt/1 {_SONG}; white-space: nowrap; vertical-align: top; padding-top: 7mm; }}
  @bottom-right {{ font: 14pt/1 {_SONG}; white-space: nowrap; vertical-align: top; padding-top: 7mm; }}
}}
html {{ font: 16pt/28.95pt {_FANGSONG}; letter-spacing: -0.21pt; color: #000; }}
body, h1, h2, p {{ margin: 0; font-weight: normal; }}
p {{ text-indent: 2em; text-align: justify; overflow-wrap: anywhere; }}
.number {{ text-indent: 0; text-align: right; }}
.mark {{ text-indent: 0; text-align: right; font-family: {_HEITI}; }}
h1 {{ margin: 28.95pt 0; font: 22pt/28.95pt {_XIAOBIAOSONG}; letter-spacing: 0; text-align: center; }}
h2 {{ font: 16pt/28.95pt {_HEITI}; text-indent: 2em; break-after: avoid; }}
.second {{ font-family: {_KAITI}; }}
table {{ width: 100%; margin: 7pt 0 14pt; border-collapse: collapse; table-layout: fixed;
         font-size: 12pt; line-height: 17pt; letter-spacing: 0; }}
th, td {{ border: 0.5pt solid #000; padding: 3pt; text-align: left; overflow-wrap: anywhere; }}
th {{ font-family: {_HEITI}; font-weight: normal; text-align: center; }}
tr {{ break-inside: avoid; }}
.figure {{ text-align: right; }}
.middle {{ text-align: center; }}
.signatures {{ display: flex; margin-top: 28.95pt; break-inside: avoid; }}
.signatures div {{ flex: 1; }}
.signatures p {{ text-indent: 0; text-align: left; }}
.proof {{ margin-top: 28.95pt; font-size: 9pt; line-height: 12pt; letter-spacing: 0; text-indent: 0; }}
.seal {{ display: flex; align-items: center; margin-top: 6pt; break-inside: avoid; }}
.seal p {{ flex: 1; margin-left: 3mm; font-size: 8pt; line-height: 11pt; letter-spacing: 0; text-indent: 0;
           text-align: left; }}
"""


class PdfUnavailable(Problem):
    """This machine cannot draw PDF because Pango is missing; the .docx needs nothing of the kind."""

    status, code, title = 503, "pdf-unavailable", "这台服务器不能生成 PDF"


def render(paper: Paper, fonts: Path | None = None) -> bytes:
    """Draw one paper.

    Raises:
        PdfUnavailable: the libraries that draw are not installed.
    """
    return draw(markup(paper), fonts, hashlib.sha256(paper.proof.encode()).digest()[:16])


def draw(html: str, fonts: Path | None = None, identifier: bytes = b"minsheng") -> bytes:
    """Draw a page of markup in the official layout.

    Raises:
        PdfUnavailable: the libraries that draw are not installed.
    """
    found: bytes = _document(html, fonts).write_pdf(pdf_identifier=identifier)
    return found


def pages(html: str) -> int:
    """Return how many pages a text takes."""
    return len(_document(html, None).render().pages)


def _document(html: str, fonts: Path | None) -> Any:  # noqa: ANN401 - WeasyPrint ships no types
    try:
        # Here and not above: the import loads Pango, and the rest of the product runs without it.
        import weasyprint  # noqa: PLC0415
        from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    except (ImportError, OSError) as error:
        message = (
            "这台服务器没有安装生成 PDF 所需的 Pango：请下载 .docx，或请管理员安装 "
            "libpango-1.0-0、libpangoft2-1.0-0、libharfbuzz-subset0。"
        )
        raise PdfUnavailable(message) from error
    allowed = dict(_font_files(fonts))

    def fetch(address: str, *_: object, **__: object) -> dict[str, Any]:
        """Hand out the office's own fonts and nothing else, whatever a text may ask for."""
        if address not in allowed:
            message = f"refused: {address[:100]}"
            raise ValueError(message)
        return {"string": allowed[address].read_bytes()}

    faces = "".join(
        f'@font-face {{ font-family: "{_css(path.stem)}"; src: url("{address}"); }}\n'
        for address, path in allowed.items()
    )
    configuration = FontConfiguration()
    style = weasyprint.CSS(string=faces + _STYLE, font_config=configuration, url_fetcher=fetch)
    made = weasyprint.HTML(string=html, url_fetcher=fetch)
    return _Ready(made, style, configuration)


class _Ready:
    """A document with its style, ready to be laid out."""

    def __init__(self, html: Any, style: Any, fonts: Any) -> None:  # noqa: ANN401 - WeasyPrint ships no types
        self.html, self.style, self.fonts = html, style, fonts

    def render(self) -> Any:  # noqa: ANN401
        """Return the pages."""
        return self.html.render(stylesheets=[self.style], font_config=self.fonts)

    def write_pdf(self, **how: Any) -> bytes:  # noqa: ANN401
        """Return the file."""
        found: bytes = self.html.write_pdf(stylesheets=[self.style], font_config=self.fonts, **how)
        return found


def _font_files(folder: Path | None) -> Iterable[tuple[str, Path]]:
    if folder is not None and folder.is_dir():
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() in _FONT_FILES:
                yield f"font:///{quote(path.name)}", path


def _css(name: str) -> str:
    return "".join(letter for letter in name if letter not in '"\\\n\r')


def markup(paper: Paper) -> str:
    """Return the paper as HTML; every word of it is text."""
    parts = [
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">',
        f"<title>{escape(paper.title)}</title>",
        f'<meta name="author" content="{escape(paper.signatures[0].unit)}"></head><body>',
        f'<p class="number">{escape(paper.number)}</p>',
        f'<p class="mark">{escape(paper.mark)}</p>' if paper.mark else "",
        f"<h1>{'<br>'.join(map(escape, paper.heading))}</h1>",
        *(f"<p>{escape(line)}</p>" for line in paper.opening),
        *(_section(section) for section in paper.sections),
        '<div class="signatures">',
        *(_signature(signature) for signature in paper.signatures),
        "</div>",
        f'<p class="proof">{escape(paper.proof)}</p>',
        _seal(paper.seal) if paper.seal else "",
        "</body></html>",
    ]
    return "".join(parts)


def _seal(head: Head) -> str:
    return f'<div class="seal">{stamps.svg(head)}<p>{escape(stamps.line(head))}</p></div>'


def _section(section: Section) -> str:
    lines = "".join(f"<p>{escape(line)}</p>" for line in section.paragraphs)
    return f"<h2>{escape(section.heading)}</h2>{lines}{_table(section.table) if section.table else ''}"


def _table(table: Table) -> str:
    columns = "".join(f'<col style="width:{width}%">' for width in table.widths)
    heads = "".join(f"<th>{escape(head)}</th>" for head in table.heads)
    body = "".join(
        "<tr>"
        + "".join(f'<td class="{_align(table, index)}">{escape(cell)}</td>' for index, cell in enumerate(row))
        + "</tr>"
        for row in table.rows
    )
    return f"<table><colgroup>{columns}</colgroup><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _align(table: Table, index: int) -> str:
    return "middle" if index == 0 else "figure" if index in table.figures else ""


def _signature(signature: Signature) -> str:
    lines = signature_lines(signature)
    return "<div>" + "".join(f"<p>{escape(line)}</p>" for line in lines) + "</div>"


def signature_lines(signature: Signature) -> list[str]:
    """Return the lines of one side: what was acknowledged in the system, or room for a pen."""
    return [
        f"{signature.side}：{signature.unit}",
        f"签订人：{signature.signer or '＿＿＿＿＿＿'}",
        signature.day or "　　年　月　日",
    ]


def made_once(folder: Path, name: str, make: Callable[[], bytes]) -> bytes:
    """Return a file that is made when it is first asked for, and the same bytes ever after."""
    path = folder / name
    try:
        return path.read_bytes()
    except OSError:
        found = make()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder, delete=False) as part:
            part.write(found)
        Path(part.name).replace(path)
    except OSError:
        # A read-only disk costs time, not the paper.
        return found
    return found
