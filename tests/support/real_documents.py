"""Documents as office programs write them: PDF, Office Open XML, OpenDocument, mail."""

import zipfile
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP
from io import BytesIO
from random import Random

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

PAPERS = (
    ("Contracts", "Framework agreement Halden Shipping.pdf", "Framework agreement", 6),
    ("Contracts", "Lease, Riverside 12.pdf", "Lease of Riverside 12", 12),
    ("Contracts", "Non-disclosure agreement.pdf", "Non-disclosure agreement", 2),
    ("Contracts", "Service level agreement 2025.pdf", "Service level agreement", 4),
    ("Invoices/2024", "Invoice 2024-118.pdf", "Invoice 2024-118", 1),
    ("Invoices/2024", "Invoice 2024-119.pdf", "Invoice 2024-119", 1),
    ("Invoices/2025", "Invoice 2025-001.pdf", "Invoice 2025-001", 1),
    ("Invoices/2025", "Invoice 2025-002.pdf", "Invoice 2025-002", 2),
    ("Invoices/2025", "Invoice 2025-003.pdf", "Invoice 2025-003", 3),
    ("Reports", "Annual report 2024.pdf", "Annual report 2024", 40),
)
_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
OFFICE_TYPES = {
    "docx": f"{_OOXML}.wordprocessingml.document",
    "xlsx": f"{_OOXML}.spreadsheetml.sheet",
    "pptx": f"{_OOXML}.presentationml.presentation",
    "odt": f"{_ODF}.text",
    "ods": f"{_ODF}.spreadsheet",
}
_CLAUSES = (
    "The parties agree on the services described in Schedule 1, and on nothing beyond it.",
    "Either party may end this agreement by notice in writing of three months.",
    "Fees fall due thirty days after the invoice; late sums bear interest of 4 % a year.",
    "Each party keeps confidential what it learns of the other, for five years after the end.",
    "A change of this agreement binds only in writing and signed by both parties.",
    "Where a clause is void, the others stay, and the parties replace it in good faith.",
)


def paper(title: str, *, pages: int, seed: int) -> bytes:
    """A PDF of that many pages: headings, clauses, and a table of sums."""
    target, random = BytesIO(), Random(seed)
    styles = getSampleStyleSheet()
    flow: list[Flowable] = [Paragraph(title, styles["Title"]), Spacer(1, 6 * mm)]
    for page in range(1, pages + 1):
        flow.append(Paragraph(f"{page}. {random.choice(_CLAUSES).split()[0]} terms", styles["h2"]))
        for clause in random.sample(_CLAUSES, 4):
            flow += [Paragraph(f"{clause} {random.choice(_CLAUSES)}", styles["BodyText"])]
        flow += [Spacer(1, 5 * mm), _sums(random)]
        if page < pages:
            flow.append(PageBreak())
    document = SimpleDocTemplate(target, pagesize=A4, title=title, author="Halden & Okafor")
    document.build(flow, canvasmaker=_canvas)
    return target.getvalue()


def asian_paper(language: str) -> bytes:
    """A page whose font the reader must bring, with its character map: ja, zh or ko."""
    font, words = {
        "ja": ("HeiseiMin-W3", "業務委託契約書"),
        "zh": ("STSong-Light", "房屋租赁合同"),
        "ko": ("HYSMyeongJo-Medium", "임대차 계약서"),
    }[language]
    pdfmetrics.registerFont(UnicodeCIDFont(font))
    target = BytesIO()
    canvas = _canvas(target, pagesize=A4)
    canvas.setFont(font, 32)
    canvas.drawString(30 * mm, 250 * mm, words)
    canvas.save()
    return target.getvalue()


def docx(title: str) -> bytes:
    """A text document of Word."""
    body = f"<w:p><w:r><w:t>{title}</w:t></w:r></w:p>"
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    main = f"<w:document {space}><w:body>{body}</w:body></w:document>"
    return _ooxml("word/document.xml", main, f"{_OOXML}.wordprocessingml.document.main+xml")


def xlsx(title: str) -> bytes:
    """A workbook of Excel."""
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    main = f'<workbook {space}><sheets><sheet name="{title}" sheetId="1"/></sheets></workbook>'
    return _ooxml("xl/workbook.xml", main, f"{_OOXML}.spreadsheetml.sheet.main+xml")


def pptx(title: str) -> bytes:
    """A presentation of PowerPoint."""
    space = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    main = f"<p:presentation {space}><!-- {title} --></p:presentation>"
    return _ooxml("ppt/presentation.xml", main, f"{_OOXML}.presentationml.presentation.main+xml")


def opendocument(ending: str) -> bytes:
    """A document of LibreOffice; the media type comes first and is not compressed."""
    space = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    content = f"<office:document-content {space}/>".encode()
    return zipped({"mimetype": OFFICE_TYPES[ending].encode(), "content.xml": content})


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A zip that is the same at every time of day."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, body in members.items():
            archive.writestr(zipfile.ZipInfo(name), body)
    return target.getvalue()


def ole(stream: bytes) -> bytes:
    """The head of an OLE compound file (MS-CFB 2.2), and the name of a stream in it."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b"\x3e\x00\x03\x00\xfe\xff\x09\x00"
    return header + bytes(480) + stream.decode().encode("utf-16-le") + Random(6).randbytes(4000)


def mail(subject: str, attached: bytes) -> bytes:
    """A message, with an attachment unless that is empty."""
    message = EmailMessage(policy=SMTP)
    message["From"] = "Ada Okafor <ada@halden.example>"
    message["To"] = "office@papertrail.example"
    message["Subject"] = subject
    message["Date"] = "Sat, 01 Mar 2025 10:00:00 +0000"
    message["Message-ID"] = f"<{len(attached)}.{len(subject)}@halden.example>"
    message.set_content(f"Regarding “{subject}”: please see the attachment.\n")
    if attached:
        message.add_attachment(
            attached, maintype="application", subtype="pdf", filename="Quote 77.pdf"
        )
        message.set_boundary("=-the-boundary-of-this-mail-=")
    return message.as_bytes()


def _canvas(*given, **named) -> Canvas:
    # Neither the time nor a random id: the same bytes each time.
    return Canvas(*given, **{**named, "invariant": 1})


def _sums(random: Random) -> Table:
    rows = [["Position", "Hours", "Rate", "Amount"]]
    for position in ("Advice", "Drafting", "Negotiation", "Filing"):
        hours, rate = random.randint(2, 40), random.choice((90, 120, 180))
        rows.append([position, str(hours), f"{rate}.00", f"{hours * rate:,}.00"])
    grid = ("GRID", (0, 0), (-1, -1), 0.4, colors.grey)
    head = ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#dfe7ee"))
    return Table(rows, colWidths=[60 * mm, 25 * mm, 30 * mm, 35 * mm], style=[grid, head])


def _ooxml(part: str, main: str, main_type: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    packages = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    kinds = (
        f'{head}<Types xmlns="{packages}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{part}" ContentType="{main_type}"/></Types>'
    )
    links = (
        f'{head}<Relationships xmlns="{packages}/relationships">'
        f'<Relationship Id="rId1" Type="{office}" Target="{part}"/></Relationships>'
    )
    return zipped(
        {
            "[Content_Types].xml": kinds.encode(),
            "_rels/.rels": links.encode(),
            part: f"{head}{main}".encode(),
        }
    )
