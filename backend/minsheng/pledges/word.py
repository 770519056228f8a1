"""The pledge as .docx in the same layout; it carries the names of the official fonts, which Word and WPS know."""

from datetime import datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from minsheng.kernel import stamps
from minsheng.pledges.paper import Paper, Signature, Table
from minsheng.pledges.pdf import signature_lines

FANGSONG, KAITI, HEITI, XIAOBIAOSONG, SONG = "仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体", "宋体"
_LINE = Pt(28.95)
_WIDTH = 156
"""Millimetres of text between the margins."""


def render(paper: Paper) -> bytes:
    """Write one paper."""
    document = Document()
    _page(document)
    _line(document, paper.number, align=WD_ALIGN_PARAGRAPH.RIGHT, indent=False)
    if paper.mark:
        _line(document, paper.mark, font=HEITI, align=WD_ALIGN_PARAGRAPH.RIGHT, indent=False)
    _line(document, "", indent=False)
    for text in paper.heading:
        _line(document, text, font=XIAOBIAOSONG, size=22, align=WD_ALIGN_PARAGRAPH.CENTER, indent=False)
    _line(document, "", indent=False)
    for text in paper.opening:
        _line(document, text)
    for section in paper.sections:
        heading = _line(document, section.heading, font=HEITI)
        heading.paragraph_format.keep_with_next = True
        for text in section.paragraphs:
            _line(document, text)
        if section.table:
            _table(document, section.table)
    _signatures(document, paper.signatures)
    _line(document, "", indent=False)
    proof = _line(document, paper.proof, size=9, indent=False)
    proof.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    if paper.seal:
        proof = _line(document, stamps.line(paper.seal), size=8, indent=False)
        proof.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        code = document.add_paragraph()
        code.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        code.add_run().add_picture(stamps.png(paper.seal), width=Mm(stamps.SIDE))
    properties = document.core_properties
    properties.title, properties.author, properties.comments = paper.title, paper.signatures[0].unit, ""
    properties.created = properties.modified = datetime(paper.made_on.year, paper.made_on.month, paper.made_on.day)  # noqa: DTZ001 - the format knows no zone
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _page(document: Any) -> None:  # noqa: ANN401 - python-docx ships no types
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    grid = section._sectPr.find(qn("w:docGrid"))  # noqa: SLF001 - the library has no word for the grid
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)  # noqa: SLF001
    # 22 lines of 28 characters: 28.95 pt a line in twentieths, 0.21 pt less a character in 4096ths.
    for name, value in (("type", "linesAndChars"), ("linePitch", "579"), ("charSpace", "-860")):
        grid.set(qn(f"w:{name}"), value)
    style = document.styles["Normal"]
    style.font.size = Pt(16)
    _name(style.element.get_or_add_rPr(), FANGSONG)
    document.settings.odd_and_even_pages_header_footer = True
    for footer, align in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = align
        _run(paragraph, "— ", SONG, 14)
        _page_number(_run(paragraph, "", SONG, 14))
        _run(paragraph, " —", SONG, 14)


def _page_number(run: Any) -> None:  # noqa: ANN401
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        if kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText")
            element.text = text
        run._r.append(element)  # noqa: SLF001 - fields are made of elements


def _name(properties: Any, font: str) -> None:  # noqa: ANN401
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), font)


def _run(paragraph: Any, text: str, font: str, size: float) -> Any:  # noqa: ANN401
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    _name(run._element.get_or_add_rPr(), font)  # noqa: SLF001 - the library sets no East Asian font
    return run


def _line(
    container: Any,  # noqa: ANN401
    text: str,
    *,
    font: str = FANGSONG,
    size: float = 16,
    align: Any = None,  # noqa: ANN401
    indent: bool = True,
) -> Any:  # noqa: ANN401
    paragraph = container.add_paragraph()
    _run(paragraph, text, font, size)
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, _LINE
    if indent:
        form.first_line_indent = Pt(2 * size)
    if align is not None:
        paragraph.alignment = align
    return paragraph


def _table(document: Any, table: Table) -> None:  # noqa: ANN401
    made = document.add_table(rows=1, cols=len(table.heads))
    made.style = "Table Grid"
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    repeat = OxmlElement("w:tblHeader")
    made.rows[0]._tr.get_or_add_trPr().append(repeat)  # noqa: SLF001 - the library has no word for it
    for index, head in enumerate(table.heads):
        _cell(made.rows[0].cells[index], head, HEITI, WD_ALIGN_PARAGRAPH.CENTER)
    for row in table.rows:
        cells = made.add_row().cells
        for index, text in enumerate(row):
            align = WD_ALIGN_PARAGRAPH.CENTER if index == 0 else None
            _cell(cells[index], text, FANGSONG, WD_ALIGN_PARAGRAPH.RIGHT if index in table.figures else align)
    for row in made.rows:
        for index, width in enumerate(table.widths):
            row.cells[index].width = Mm(_WIDTH * width / 100)


def _cell(cell: Any, text: str, font: str, align: Any) -> None:  # noqa: ANN401
    paragraph = cell.paragraphs[0]
    _run(paragraph, text, font, 12)
    paragraph.paragraph_format.space_after = Pt(0)
    if align is not None:
        paragraph.alignment = align


def _signatures(document: Any, signatures: Any) -> None:  # noqa: ANN401
    _line(document, "", indent=False)
    made = document.add_table(rows=1, cols=len(signatures))
    for cell, signature in zip(made.rows[0].cells, signatures, strict=True):
        _side(cell, signature)


def _side(cell: Any, signature: Signature) -> None:  # noqa: ANN401
    first = cell.paragraphs[0]
    for index, text in enumerate(signature_lines(signature)):
        paragraph = first if index == 0 else cell.add_paragraph()
        _run(paragraph, text, FANGSONG, 16)
        paragraph.paragraph_format.space_after = Pt(0)
