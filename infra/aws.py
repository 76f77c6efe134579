"""One door to AWS for the operator's commands."""

from dataclasses import dataclass, field
from typing import Any

import boto3


@dataclass(frozen=True)
class Aws:
    """A session and, for an emulator, where it listens.

    Without `endpoint_url` boto3 itself honours AWS_ENDPOINT_URL.
    """

    session: Any = field(default_factory=boto3.Session)
    endpoint_url: str | None = None

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 builds its clients at run time
        """A boto3 client of the service."""
        return self.session.client(service, endpoint_url=self.endpoint_url)
