# ruff: noqa: RUF001 - names and texts in many scripts are the point
"""A hundred files as people have them: documents, pictures, mail, archives, and dangers.

Made, not kept: the same bytes on every machine, from seeds. `hundred()` gives them;
`write_large` streams one that is too big to hold in memory.
"""

import gzip
import hashlib
import json
import tarfile
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random

from tests.support import real_documents as made
from tests.support.real_pictures import photograph, plan

OCTETS = "application/octet-stream"
TEXT = "text/plain; charset=utf-8"
LARGE_BYTES = 200 * 1000**2


@dataclass(frozen=True)
class RealFile:
    """One file: where it is filed ("A/B", or "" for the top), and its bytes.

    `shown` is the Content-Type with which the portal may show it; None: it may only be downloaded.
    """

    folder: str
    name: str
    body: bytes
    content_type: str = OCTETS
    shown: str | None = None

    @property
    def sha256(self) -> str:
        """The digest in lower-case hex."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def place(self) -> tuple[str, str]:
        """Folder and name: no two files share both."""
        return self.folder, self.name


@cache
def hundred() -> tuple[RealFile, ...]:
    """All hundred, in the order of their making."""
    files = (
        *_contracts(),
        *_pictures(),
        *_office(),
        *_mail(),
        *_texts(),
        *_dangers(),
        *_archives(),
        *_names(),
    )
    if len(files) != 100 or len({file.place for file in files}) != 100:
        raise AssertionError(f"{len(files)} files are not a hundred different ones")
    return files


def write_large(path: Path, size: int = LARGE_BYTES) -> str:
    """Write `size` bytes that do not repeat within a part; return their SHA-256 in hex."""
    digest, random = hashlib.sha256(), Random(size)
    noise = random.randbytes(1 << 20)
    with path.open("wb") as file:
        for number in range(-(-size // len(noise))):
            block = number.to_bytes(8, "big") + noise[8:]
            block = block[: size - number * len(noise)]
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


def _contracts() -> Iterator[RealFile]:
    for number, (folder, name, title, pages) in enumerate(made.PAPERS):
        body = made.paper(title, pages=pages, seed=number)
        yield RealFile(folder, name, body, "application/pdf", "application/pdf")
    for name, kind in (("契約書.pdf", "ja"), ("合同.pdf", "zh"), ("계약서.pdf", "ko")):
        body = made.asian_paper(kind)
        yield RealFile("Contracts/Overseas", name, body, "application/pdf", "application/pdf")


def _pictures() -> Iterator[RealFile]:
    kinds = (
        ("PNG", "png", "image/png", True),
        ("JPEG", "jpg", "image/jpeg", True),
        ("GIF", "gif", "image/gif", True),
        ("WEBP", "webp", "image/webp", True),
        ("TIFF", "tif", "image/tiff", False),
        ("BMP", "bmp", "image/bmp", False),
    )
    for pillow_name, ending, media_type, safe in kinds:
        shown = media_type if safe else None
        site = photograph(pillow_name, seed=len(ending))
        yield RealFile("Site photos", f"Riverside {pillow_name}.{ending}", site, media_type, shown)
        drawn = plan(pillow_name)
        yield RealFile("Site photos/Plans", f"Floor 2.{ending}", drawn, media_type, shown)
    for number in range(1, 5):
        body = photograph("JPEG", seed=100 + number, size=(1600, 1200))
        yield RealFile("Site photos", f"IMG_{4410 + number}.JPG", body, "image/jpeg", "image/jpeg")


def _office() -> Iterator[RealFile]:
    word = made.OFFICE_TYPES["docx"]
    letters = ("Board minutes March", "Employment contract Okafor", "Policy travel", "Ünsere Größe")
    for title in letters:
        yield RealFile("Office", f"{title}.docx", made.docx(title), word)
    for title in ("Budget 2025", "Payroll June", "Inventory"):
        yield RealFile("Office", f"{title}.xlsx", made.xlsx(title), made.OFFICE_TYPES["xlsx"])
    slides = made.pptx("Quarterly review")
    yield RealFile("Office", "Quarterly review.pptx", slides, made.OFFICE_TYPES["pptx"])
    for ending in ("odt", "ods"):
        body = made.opendocument(ending)
        yield RealFile("Office", f"Vereinsprotokoll.{ending}", body, made.OFFICE_TYPES[ending])
    old = made.ole(b"WordDocument")
    yield RealFile("Office/Before 2007", "Lease 1998.doc", old, "application/msword")
    rich = b"{\\rtf1\\ansi Lease, {\\b second} schedule\\par}"
    yield RealFile("Office/Before 2007", "Lease schedule.rtf", rich, "application/rtf")


def _mail() -> Iterator[RealFile]:
    attached = made.paper("Quote 77", pages=1, seed=77)
    for number, subject in enumerate(("Your quote", "Überfällige Rechnung", "会議の件")):
        body = made.mail(subject, attached if number == 0 else b"")
        yield RealFile("Correspondence", f"{subject}.eml", body, "message/rfc822")
    body = made.ole(b"__substg1.0_0037001F")
    yield RealFile("Correspondence", "From Outlook.msg", body, "application/vnd.ms-outlook")


def _texts() -> Iterator[RealFile]:
    encodings = {
        "utf-8": "Grüße, 你好, שלום, مرحبا, 🙂\r\n",
        "utf-8-sig": "With a byte order mark: äöü\n",
        "utf-16": "Two bytes a letter: Ωμέγα\n",
        "utf-32": "Four bytes a letter\n",
        "latin-1": "Façade à côté, déjà vu: œuvre".replace("œ", "oe") + "\n",
        "cp1251": "Договор поставки № 5, приложение\n",
        "shift_jis": "見積書を送付いたします。\n",
        "gb18030": "发票和合同已经寄出。\n",
        "big5": "發票和合約已經寄出。\n",
        "euc-kr": "계약서를 보냅니다.\n",
        "cp1256": "تم إرسال العقد اليوم\n",
        "ascii": "Plain old text\r\nwith two lines\r\n",
    }
    for encoding, words in encodings.items():
        shown = TEXT if encoding in ("utf-8", "utf-8-sig", "ascii") else None
        body = (words * 40).encode(encoding)
        yield RealFile("Notes/Encodings", f"{encoding}.txt", body, "text/plain", shown)
    rows = "".join(f'{n},"Müller, {n}",{n * 13 % 97}.50\n' for n in range(500))
    table = ("number,name,amount\n" + rows).encode()
    yield RealFile("Notes", "Ledger.csv", table, "text/csv", TEXT)
    yield RealFile("Notes", "Ledger old.csv", table.decode().encode("cp1252"), "text/csv", None)
    yield RealFile("Notes", "Readme.md", b"# Handover\n\n- keys\n- codes\n", "text/markdown", TEXT)
    facts = json.dumps({"client": "Ørsted", "rooms": list(range(50))}, ensure_ascii=False)
    yield RealFile("Notes", "Export.json", facts.encode(), "application/json", TEXT)
    line = "2025-03-01T10:00:00Z INFO job finished in 12 ms\n"
    yield RealFile("Notes", "Service.log", line.encode() * 25_000, "text/plain", TEXT)
    yield RealFile("Notes", "Invoice.xml", b'<?xml version="1.0"?><invoice id="7"/>', "text/xml")
    yield RealFile("Notes", "Empty.txt", b"", "text/plain")
    yield RealFile("", "Nothing", b"")


def _dangers() -> Iterator[RealFile]:
    script = b"<script>document.title='broken in'</script>"
    page = b"<!doctype html><title>Hello</title>" + script
    drawing = (
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
    )
    yield RealFile("Beware", "Newsletter.html", page, "text/html")
    yield RealFile("Beware", "Really a page.png", page, "image/png")
    yield RealFile("Beware", "Really a page.pdf", page, "application/pdf")
    yield RealFile("Beware", "Really a page.txt", b"\n \n" + page, "text/plain")
    yield RealFile("Beware", "Old page.xhtml", b"<?xml version='1.0'?>" + page, "text/html")
    yield RealFile("Beware", "Logo.svg", drawing, "image/svg+xml")
    yield RealFile(
        "Beware", "Logo again.svg", b'<?xml version="1.0"?>\n' + drawing, "image/svg+xml"
    )
    yield RealFile("Beware", "Both.gif", b"GIF89a/*" + script, "image/gif", "image/gif")
    yield RealFile("Beware", "Script.js", b"fetch('/v1/me')\n", "text/javascript", TEXT)
    yield RealFile("Beware", "Setup.exe", b"MZ\x90\x00" + Random(1).randbytes(4000), OCTETS)
    yield RealFile("Beware", "tool", b"\x7fELF\x02\x01\x01\x00" + Random(2).randbytes(900), OCTETS)


def _archives() -> Iterator[RealFile]:
    tape = BytesIO()
    with tarfile.open(fileobj=tape, mode="w") as archive:
        entry = tarfile.TarInfo("inside.txt")
        entry.size = 5
        archive.addfile(entry, BytesIO(b"hello"))
    yield RealFile("Archive", "1999.zip", made.zipped({"a/b.txt": b"old"}), "application/zip")
    yield RealFile("Archive", "Backup.tar", tape.getvalue(), "application/x-tar")
    packed = gzip.compress(tape.getvalue(), mtime=0)
    yield RealFile("Archive", "Backup.tar.gz", packed, "application/gzip")
    seven = b"7z\xbc\xaf\x27\x1c\x00\x04" + Random(3).randbytes(800)
    yield RealFile("Archive", "Photos.7z", seven, "application/x-7z-compressed")
    sound = b"RIFF\x24\x08\x00\x00WAVEfmt " + Random(4).randbytes(2064)
    yield RealFile("Archive", "Voice note.wav", sound, "audio/wav")
    yield RealFile("Archive", "Random.bin", Random(5).randbytes(3_000_000), OCTETS)


def _names() -> Iterator[RealFile]:
    for name in (*_SCRIPTS, *_AWKWARD):
        body = f"This file is called {name}\n".encode()
        yield RealFile("Names", name, body, "text/plain", TEXT)


_SCRIPTS = (
    "عقد الإيجار ٢٠٢٥.txt",
    "חוזה שכירות.txt",
    "租赁合同（最终版）.txt",
    "賃貸借契約書・控え.txt",
    "สัญญาเช่าห้อง.txt",
    "Договор аренды.txt",
    "किराया अनुबंध.txt",
    "Μισθωτήριο.txt",
    "mixed עברית and English.txt",
    "👩‍👩‍👧‍👦 family 🏠.txt",
    unicodedata.normalize("NFD", "Ångström café Việt.txt"),
)
_AWKWARD = (
    "n" * 251 + ".txt",
    "統" * 83 + ".txt",
    "#1 100% & more? + a;b=c.txt",
    "it's \"quoted\" 'twice'.txt",
    ".hidden file.",
    "<b onclick=x>bold{{7*7}}.txt",
    "tilde~caret^pipe|star*.txt",
)
