"""Letters set by programs that lay pages out themselves: ReportLab's tables, Typst, typewriters and Word packages."""

import json
import zipfile
from collections.abc import Sequence
from io import BytesIO
from xml.sax.saxutils import escape

import typst
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

from tests.letters.drawing import PARTY, STATE, fonts
from tests.letters.sample import Sample

# --- ReportLab tables --------------------------------------------------------------------------------------------------


def tables(sample: Sample) -> bytes:
    regular, bold = fonts()
    centre = ParagraphStyle("centre", fontName=regular, fontSize=12, leading=15, alignment=TA_CENTER)
    strong = ParagraphStyle("strong", parent=centre, fontName=bold)
    text = ParagraphStyle(
        "text", fontName=regular, fontSize=13, leading=17, alignment=TA_JUSTIFY, firstLineIndent=34, spaceAfter=5
    )
    small = ParagraphStyle("small", fontName=regular, fontSize=11, leading=13)

    def lines(parts: Sequence[str], style: ParagraphStyle) -> list[Flowable]:
        return [Paragraph(escape(part).replace("  ", "&nbsp; "), style) for part in parts]

    left = [*lines(sample.parent, centre), *lines(sample.issuer, strong), *lines([sample.number], centre)]
    left += lines(sample.subject if sample.untyped else [], centre) + lines(sample.stamps, strong)
    header = STATE if sample.header == "state" else PARTY
    right = [*lines(header, strong), Spacer(1, 6), *lines([sample.date], centre)]
    flow: list[Flowable] = [
        Table([[left, right]], colWidths=[200, 275], style=[("VALIGN", (0, 0), (-1, -1), "TOP")]),
        Spacer(1, 12),
    ]
    if not sample.untyped:
        flow += [*lines([sample.title, *sample.subject], strong), Spacer(1, 8), *lines(sample.authority, strong), Spacer(1, 8)]
    if sample.to:
        cells = [["Kính gửi:" if i == 0 else "", f"- {name}" if len(sample.to) > 1 else name] for i, name in enumerate(sample.to)]
        plain = ParagraphStyle("plain", fontName=regular, fontSize=13, leading=16)
        flow += [
            Table(
                [lines(row, plain) for row in cells],
                colWidths=[75, 320],
                hAlign="CENTER",
                style=[("VALIGN", (0, 0), (-1, -1), "TOP")],
            ),
            Spacer(1, 10),
        ]
    flow += lines(sample.body, text)
    copies = [
        Paragraph("<i>Nơi nhận:</i>", ParagraphStyle("b", parent=small, fontName=bold)),
        *lines([f"- {name}" for name in sample.copies], small),
    ]
    signature = [*lines(sample.capacity, strong), Spacer(1, 60), *lines([sample.signer], strong)]
    flow += [Spacer(1, 10), Table([[copies, signature]], colWidths=[235, 240], style=[("VALIGN", (0, 0), (-1, -1), "TOP")])]
    if sample.annex:
        flow += [PageBreak(), *lines(sample.annex, strong)]
    buffer = BytesIO()
    SimpleDocTemplate(buffer, pagesize=A4, leftMargin=80, rightMargin=40, topMargin=50, bottomMargin=50, invariant=1).build(flow)
    return buffer.getvalue()


# --- Typst -------------------------------------------------------------------------------------------------------------

PAGE = """
#let s = json(bytes(sys.inputs.sample))
#set page(paper: "a4", margin: (left: 28mm, right: 15mm, y: 18mm),
  header: context if here().page() > 1 { align(center)[#here().page()] })
#set text(font: "Libertinus Serif", size: 13pt, lang: "vi")
#set par(justify: true)
#table(columns: (44%, 56%), stroke: none, align: center, inset: 2pt,
  [#for l in s.parent [#l \\ ] #for l in s.issuer [*#l* \\ ] #line(length: 20mm)
   Số: #s.number.slice(s.number.position(regex("\\\\d|/")))
   #if s.title == "" [ #for l in s.subject [\\ #text(size: 12pt, l)] ] #for l in s.stamps [\\ #rect[*#l*]]],
  [#for l in s.header [*#l* \\ ] #line(length: 40mm) #emph(s.date)])
#if s.title != "" { align(center)[#v(8pt) *#s.title* #for l in s.subject [\\ *#l*] #line(length: 25mm)
  #for l in s.authority [*#l* \\ ] ] }
#if s.to.len() == 1 {
  align(center)[#s.to_label #s.to.first()]
} else if s.to.len() > 1 { pad(left: 2cm)[#s.to_label #for n in s.to [\\ #h(1cm) \\- #n]] }
#v(6pt)
#for p in s.body { par(first-line-indent: (amount: 1cm, all: true), p) }
#v(8pt)
#grid(columns: (1fr, 1fr), [#text(size: 12pt)[*_Nơi nhận:_*] #for n in s.copies [\\ #text(size: 11pt)[\\- #n]]],
  align(center)[#for l in s.capacity [*#l* \\ ] #v(55pt) *#s.signer*])
#if s.annex.len() > 0 { pagebreak(); align(center)[#for l in s.annex [*#l* \\ ]] }
"""


def typst_page(sample: Sample) -> bytes:
    keys = (
        "parent",
        "issuer",
        "number",
        "title",
        "subject",
        "stamps",
        "date",
        "authority",
        "to",
        "to_label",
        "body",
        "copies",
        "capacity",
        "signer",
        "annex",
    )
    values = {key: getattr(sample, key) for key in keys} | {"header": STATE if sample.header == "state" else PARTY}
    return bytes(typst.compile(PAGE.encode(), sys_inputs={"sample": json.dumps(values)}))


# --- typewriter --------------------------------------------------------------------------------------------------------


def typed(sample: Sample) -> str:
    """Two columns of 40 characters, paragraphs of 80."""
    left = [
        *sample.parent,
        *sample.issuer,
        "----------",
        sample.number,
        *(sample.subject if sample.untyped else ()),
        "",
        *sample.stamps,
    ]
    right = [*(STATE if sample.header == "state" else PARTY), "---------------", "", sample.date]
    rows = max(len(left), len(right))
    pairs = zip([*left, *[""] * (rows - len(left))], [*right, *[""] * (rows - len(right))], strict=True)
    lines = [f"{a:^42}{b:^42}".rstrip() for a, b in pairs]
    if not sample.untyped:
        lines += [
            "",
            *(f"{line:^84}".rstrip() for line in (sample.title, *sample.subject)),
            "",
            *(f"{line:^84}".rstrip() for line in sample.authority),
        ]
    lines += ["", *_typed_addressees(sample), ""]
    for paragraph in sample.body:
        lines += [*_folded("      " + paragraph, 84), ""]
    copies = ["Nơi nhận:", *(f"- {name}" for name in sample.copies)]
    signature = [*sample.capacity, "", "", "", sample.signer]
    rows = max(len(copies), len(signature))
    ends = zip([*copies, *[""] * (rows - len(copies))], [*signature, *[""] * (rows - len(signature))], strict=True)
    lines += [f"{a:<42}{b:^42}".rstrip() for a, b in ends]
    return "\n".join(lines) + ("\f" + "\n".join(sample.annex) if sample.annex else "")


def flowing(sample: Sample) -> str:
    """The text as it is copied from a page on the web: one column, each cell of the head below the one before."""
    head = [
        *sample.parent,
        *sample.issuer,
        "-------",
        *(STATE if sample.header == "state" else PARTY),
        "---------------",
        sample.number,
    ]
    head += [*(sample.subject if sample.untyped else ()), *sample.stamps, sample.date, ""]
    head += [] if sample.untyped else [sample.title, " ".join(sample.subject), *sample.authority, ""]
    to = (
        [f"{sample.to_label} {sample.to[0]}"]
        if len(sample.to) == 1
        else [sample.to_label, *(f"- {name}" for name in sample.to)]
        if sample.to
        else []
    )
    end = ["", "Nơi nhận:", *(f"- {name}" for name in sample.copies), "", *sample.capacity, "", "", sample.signer]
    return "\n".join([*head, *to, "", *sample.body, *end, *(["\f", *sample.annex] if sample.annex else [])])


def _typed_addressees(sample: Sample) -> list[str]:
    if len(sample.to) == 1:
        return [f"              {sample.to_label} {sample.to[0]}"]
    return [f"              {sample.to_label}", *(f"                    - {name}" for name in sample.to)] if sample.to else []


def _folded(text: str, width: int) -> list[str]:
    indent = text[: len(text) - len(text.lstrip())]
    lines = [indent]
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines[-1].strip() else lines[-1] + word
        if len(joined) > width:
            lines.append(word)
        else:
            lines[-1] = joined
    return lines


def typewriter_pdf(sample: Sample) -> bytes:
    page = '#set page(paper: "a4", margin: 15mm)\n#set text(font: "DejaVu Sans Mono", size: 9.5pt)\n'
    pages = [f"#raw({json.dumps(part, ensure_ascii=False)}, block: true)" for part in typed(sample).split("\f")]
    return bytes(typst.compile((page + "\n#pagebreak()\n".join(pages)).encode()))


# --- Word --------------------------------------------------------------------------------------------------------------

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)


def _run(text: str, weight: str) -> str:
    return f'<w:r>{weight}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _paragraph(text: str, *, align: str = "", bold: bool = False) -> str:
    shape = f'<w:pPr><w:jc w:val="{align}"/></w:pPr>' if align else ""
    weight = "<w:rPr><w:b/></w:rPr>" if bold else ""
    # Word cuts text into runs wherever it was edited.
    runs = "<w:r><w:tab/></w:r>".join(_run(part[:9], weight) + _run(part[9:], weight) for part in text.split("\t"))
    return f"<w:p>{shape}{runs}</w:p>"


def _table(*cells: str) -> str:
    return "<w:tbl><w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr></w:tbl>"


def word(sample: Sample) -> bytes:
    """The usual Word letter: head and foot are tables without borders."""
    left = "".join(_paragraph(line, align="center") for line in sample.parent)
    left += "".join(_paragraph(line, align="center", bold=True) for line in sample.issuer) + _paragraph(
        sample.number, align="center"
    )
    left += "".join(_paragraph(line, align="center") for line in (sample.subject if sample.untyped else ()))
    left += "".join(_paragraph(line, align="center", bold=True) for line in sample.stamps)
    right = "".join(_paragraph(line, align="center", bold=True) for line in (STATE if sample.header == "state" else PARTY))
    right += _paragraph("") + _paragraph(sample.date, align="center")
    foot = _paragraph("Nơi nhận:", bold=True) + "".join(_paragraph(f"- {name}") for name in sample.copies)
    signature = "".join(_paragraph(line, align="center", bold=True) for line in (*sample.capacity, "", "", "", sample.signer))
    return _package(_table(left, right) + _middle(sample) + _table(foot, signature) + _word_annex(sample))


def word_with_tabs(sample: Sample) -> bytes:
    """A Word letter without tables: tabs and blanks push the right column to its place."""
    left = [*sample.parent, *sample.issuer, sample.number, *(sample.subject if sample.untyped else ()), *sample.stamps]
    right = [*(STATE if sample.header == "state" else PARTY), "", sample.date]
    rows = max(len(left), len(right))
    pairs = zip([*left, *[""] * (rows - len(left))], [*right, *[""] * (rows - len(right))], strict=True)
    head = "".join(_paragraph(_tabbed(a, b)) for a, b in pairs)
    copies = ["Nơi nhận:", *(f"- {name}" for name in sample.copies)]
    signature = [*sample.capacity, "", "", sample.signer]
    rows = max(len(copies), len(signature))
    ends = zip([*copies, *[""] * (rows - len(copies))], [*signature, *[""] * (rows - len(signature))], strict=True)
    foot = "".join(_paragraph(_tabbed(a, b)) for a, b in ends)
    return _package(head + _middle(sample) + foot + _word_annex(sample))


def _tabbed(left: str, right: str) -> str:
    """As many tabs as bring the right text to the 48th column, which is what a typist looks for."""
    return left + "\t" * max(1, (48 - len(left) + 7) // 8) + right if right else left


def _middle(sample: Sample) -> str:
    text = _paragraph("")
    if not sample.untyped:
        text += "".join(
            _paragraph(line, align="center", bold=True) for line in (sample.title, *sample.subject, "", *sample.authority)
        ) + _paragraph("")
    if len(sample.to) == 1:
        text += _paragraph(f"{sample.to_label} {sample.to[0]}", align="center")
    elif sample.to:
        text += _paragraph(f"\t{sample.to_label}") + "".join(_paragraph(f"\t\t- {name}") for name in sample.to)
    return text + _paragraph("") + "".join(_paragraph(f"\t{line}", align="both") for line in sample.body)


def _word_annex(sample: Sample) -> str:
    if not sample.annex:
        return ""
    return '<w:p><w:r><w:br w:type="page"/></w:r></w:p>' + "".join(
        _paragraph(line, align="center", bold=True) for line in sample.annex
    )


def _package(body: str) -> bytes:
    document = (
        '<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body>{body}</w:body></w:document>"
    )
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", CONTENT_TYPES)
        package.writestr("word/document.xml", document)
    return buffer.getvalue()
