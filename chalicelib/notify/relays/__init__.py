"""Outside parties that carry mail, one module each."""

from typing import Protocol

from chalicelib.notify.model import Letter


class MailRefused(Exception):
    """The relay will never take this mail; the text is the relay's own."""


class MailDelayed(Exception):
    """The relay did not take the mail now, or its answer was lost; the text is its own."""


class MailRelay(Protocol):
    """Carries mail."""

    def send(self, letter: Letter) -> str:
        """Hand a letter over and return the relay's own id for it.

        Raises:
            MailRefused: another attempt would fare the same.
            MailDelayed: another attempt may succeed, with the same Message-ID.
        """
        ...
