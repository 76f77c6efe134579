"""Bodies about versions and their uploads."""

from typing import Annotated

from pydantic import Field

from functions.http.bodies.values import MediaType, Sha256, Size, Strict


class NewVersion(Strict):
    """A new version to upload; `size` in bytes, `sha256` in lower-case hex."""

    size: Size
    sha256: Sha256
    content_type: MediaType = "application/octet-stream"
    name: str | None = None


class PartDigest(Strict):
    """A part's SHA-256 in hex; needed above 5 GB."""

    number: int = Field(ge=1, le=10_000)
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Completion(Strict):
    """All bytes are sent."""

    parts: list[PartDigest] | None = None


class RollBack(Strict):
    """Which version to bring back."""

    version: int = Field(ge=1)
