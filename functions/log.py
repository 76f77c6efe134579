"""Structured logs: one JSON line per event; never a body, a name, a token or an address.

The standard library's logging, with a format of our own: a line is written for every request, and
powertools took as long for it as the rest of the door together.
"""

import json
import logging
import sys
from datetime import UTC, datetime


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        told = {
            "level": record.levelname,
            "message": record.getMessage(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat("T", "milliseconds"),
            "service": record.name,
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, separators=(",", ":"), default=str)


class _Output(logging.Handler):
    """Standard output as it is at each line: Lambda and tests put theirs in its place."""

    def emit(self, record: logging.LogRecord) -> None:
        sys.stdout.write(f"{self.format(record)}\n")
        sys.stdout.flush()


class Log:
    """Takes what happened in a few words that never change, and its facts by name."""

    def __init__(self, service: str) -> None:
        self._logger = logging.getLogger(service)
        self._logger.setLevel(logging.INFO)
        self._logger.propagate = False  # Lambda's own handler would write each line again
        if not self._logger.handlers:
            handler = _Output()
            handler.setFormatter(_Lines())
            self._logger.addHandler(handler)

    def info(self, message: str, **facts: object) -> None:
        """Something went as it should."""
        self._logger.info(message, extra={"facts": facts})

    def warning(self, message: str, **facts: object) -> None:
        """Something is strange, and nothing failed."""
        self._logger.warning(message, extra={"facts": facts})

    def exception(self, message: str, **facts: object) -> None:
        """A fault of ours, with the trace of the exception that is being handled."""
        self._logger.error(message, extra={"facts": facts}, exc_info=True)  # noqa: LOG014 - see above

    def setLevel(self, level: str) -> None:  # noqa: N802 - as the standard library has it
        """Write nothing below this level."""
        self._logger.setLevel(level)


logger = Log("papertrail")
