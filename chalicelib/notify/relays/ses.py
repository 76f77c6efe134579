"""Amazon SES, API v2, raw messages.

SES writes its own Message-ID over ours
(https://docs.aws.amazon.com/ses/latest/dg/header-fields.html), so ours also goes along as
Original-Message-ID, by which a mail that was sent twice can be told.
"""

from functools import cached_property
from typing import Any

from chalicelib.notify.mime import to_bytes
from chalicelib.notify.model import Letter
from chalicelib.notify.relays import MailDelayed, MailRefused

_REFUSALS = frozenset({"BadRequestException", "MessageRejected", "NotFoundException"})


# An attempt must be over before the next one is due (a minute), or a mail would go out twice.
_CONNECT_SECONDS, _ANSWER_SECONDS = 5, 15


class SesRelay:
    """Sends through the SES of the function's own account and region.

    Args:
        client: a boto3 `sesv2` client; None makes one at the first mail.
    """

    def __init__(self, client: Any = None) -> None:  # noqa: ANN401 - boto3 ships no types
        self._given = client

    def send(self, letter: Letter) -> str:
        """Hand a letter over; see `MailRelay`."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - stays lazy

        try:
            answer = self._client.send_email(
                FromEmailAddress=letter.sender,
                Destination={"ToAddresses": [letter.to]},
                Content={"Raw": {"Data": to_bytes(letter)}},
            )
        except ClientError as error:
            told = error.response["Error"]
            text = f"{told.get('Code')}: {told.get('Message')}"
            if told.get("Code") in _REFUSALS:
                raise MailRefused(text) from error
            raise MailDelayed(text) from error
        except BotoCoreError as error:
            raise MailDelayed(type(error).__name__) from error
        return str(answer["MessageId"])

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - boto3 ships no types
        if self._given is not None:
            return self._given
        import boto3  # noqa: PLC0415 - most functions send nothing
        from botocore.config import Config  # noqa: PLC0415

        config = Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_ANSWER_SECONDS,
            retries={"total_max_attempts": 1},
        )
        return boto3.client("sesv2", config=config)
