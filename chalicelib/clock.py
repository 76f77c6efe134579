"""Time as text: one stored format, so that texts sort as the moments they name."""

from datetime import UTC, datetime

_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


def utc_text(moment: datetime) -> str:
    """Write an aware moment as RFC 3339 UTC text with microseconds (27 characters, sortable)."""
    return moment.astimezone(UTC).strftime(_FORMAT)


def utc_time(text: str) -> datetime:
    """Read what `utc_text` wrote.

    Raises:
        ValueError: the text is not in the stored format.
    """
    return datetime.strptime(text, _FORMAT).replace(tzinfo=UTC)
