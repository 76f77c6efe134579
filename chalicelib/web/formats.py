"""How values read on a page: sizes, times, file kinds, initials. Pure functions."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

_UNITS: Final = ("bytes", "kB", "MB", "GB", "TB", "PB")
_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_WEEK: Final = 7 * _DAY


def size(octets: int | None) -> str:
    """Say a length in bytes the way people do: decimal units, at most three digits."""
    if octets is None:
        return "-"
    if octets == 1:
        return "1 byte"
    amount, unit = float(octets), 0
    while round(amount) >= 1000 and unit < len(_UNITS) - 1:  # noqa: PLR2004 - SI units
        amount, unit = amount / 1000, unit + 1
    digits = 1 if unit and amount < 10 else 0  # noqa: PLR2004 - "9.5 MB", "95 MB"
    return f"{amount:.{digits}f} {_UNITS[unit]}"


def moment(value: datetime | str) -> datetime:
    """Read a time that is already a datetime, or RFC 3339 text."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def iso(value: datetime | str) -> str:
    """RFC 3339 in UTC, for a time element's datetime attribute."""
    return moment(value).astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def stamp(value: datetime | str) -> str:
    """The full time in UTC, for tooltips and print."""
    return moment(value).astimezone(UTC).strftime("%-d %B %Y, %H:%M:%S UTC")


def ago(value: datetime | str, now: datetime) -> str:
    """Say how long ago, up to a week; then the date. A browser rewrites it in local time."""
    then = moment(value).astimezone(UTC)
    seconds = (now - then).total_seconds()
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)} min ago"
    if seconds < _DAY:
        return f"{int(seconds // _HOUR)} h ago"
    if seconds < 2 * _DAY:
        return "yesterday"
    if seconds < _WEEK:
        return f"{int(seconds // _DAY)} days ago"
    return then.strftime("%-d %b" if then.year == now.year else "%-d %b %Y")


def initials(name: str) -> str:
    """Two letters for an avatar: of the first and the last word."""
    words = [word for word in name.split() if word[0].isalnum()]
    picked = words[:1] + words[1:][-1:]
    return "".join(word[0] for word in picked).upper() or "?"


@dataclass(frozen=True)
class Kind:
    """What a file is to its reader: an icon's name, a colour class, words for screen readers."""

    icon: str
    tone: str
    label: str


_FILE: Final = Kind("file", "", "File")
_FOLDER: Final = Kind("folder", "folder", "Folder")
_ARCHIVE: Final = Kind("file-archive", "archive", "Archive")
_CODE: Final = Kind("file-code", "text", "Code")
_MAIL: Final = Kind("mail", "mail", "Mail")
_PDF: Final = Kind("file-text", "pdf", "PDF")
_SHEET: Final = Kind("file-spreadsheet", "sheet", "Spreadsheet")
_SLIDES: Final = Kind("presentation", "slides", "Presentation")
_TEXT: Final = Kind("file-text", "text", "Text")

_BY_FAMILY: Final = {
    "audio": Kind("file-music", "audio", "Sound"),
    "image": Kind("file-image", "image", "Image"),
    "text": _TEXT,
    "video": Kind("file-video", "video", "Film"),
}
_BY_TYPE: Final = {
    "application/gzip": _ARCHIVE,
    "application/json": _CODE,
    "application/pdf": _PDF,
    "application/vnd.ms-outlook": _MAIL,
    "application/x-7z-compressed": _ARCHIVE,
    "application/x-tar": _ARCHIVE,
    "application/xml": _CODE,
    "application/zip": _ARCHIVE,
    "message/rfc822": _MAIL,
    "text/csv": _SHEET,
    "text/html": _CODE,
}
# Office types are long and many; a word inside them tells the kind.
_BY_WORD: Final = (
    ("spreadsheet", _SHEET),
    ("excel", _SHEET),
    ("presentation", _SLIDES),
    ("powerpoint", _SLIDES),
    ("word", Kind("file-text", "text", "Text document")),
    ("opendocument.text", Kind("file-text", "text", "Text document")),
)


def kind(content_type: str | None) -> Kind:
    """Find the kind for a media type; None is a folder."""
    if content_type is None:
        return _FOLDER
    essence = content_type.partition(";")[0].strip().lower()
    if essence in _BY_TYPE:
        return _BY_TYPE[essence]
    by_word = next((found for word, found in _BY_WORD if word in essence), None)
    return by_word or _BY_FAMILY.get(essence.partition("/")[0], _FILE)


def preview(media_type: str) -> str:
    """How a page shows what may be shown in place: pdf, image or text; none for all else."""
    if media_type == "application/pdf":
        return "pdf"
    family = media_type.partition("/")[0]
    return family if family in {"image", "text"} else "none"


def browser(agent: str) -> str:
    """Name the browser and the system in a User-Agent, for a list of one's own sessions."""
    browsers = (
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    )
    systems = (
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    )
    name = next((name for mark, name in browsers if mark in agent), "")
    system = next((name for mark, name in systems if mark in agent), "")
    if name and system:
        return f"{name} on {system}"
    return name or agent.partition(" ")[0] or "Unknown program"
