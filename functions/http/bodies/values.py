"""The kinds of text that the API's bodies hold, as JSON Schema tells them."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Id = Annotated[
    str,
    Field(
        pattern="^[0-9A-Za-z]{1,64}$",
        description="An opaque id.",
        examples=["01j9zq6n5v8k3w2r7t4x1y0abc"],
    ),
]
Moment = Annotated[
    str,
    Field(
        description="A moment in UTC (RFC 3339).",
        examples=["2031-05-06T07:08:09.000000Z"],
        json_schema_extra={"format": "date-time"},
    ),
]
Name = Annotated[
    str,
    Field(
        min_length=1,
        description="At most 255 bytes of UTF-8; no slash, no control character. Names of siblings "
        "are the same when they differ by case or by the way accents are written alone.",
        examples=["Contract.pdf"],
    ),
]
Sha256 = Annotated[
    str,
    Field(
        description="SHA-256 of the bytes, in lower-case hex.",
        examples=["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
        json_schema_extra={"pattern": "^[0-9a-f]{64}$"},
    ),
]
Size = Annotated[int, Field(ge=0, lt=2**63, description="In bytes.", examples=[204_800])]
MediaType = Annotated[str, Field(description="A media type.", examples=["application/pdf"])]
Who = Annotated[
    str,
    Field(
        description="A user's id, or \"system:\" and the name of a job of PaperTrail's own.",
        examples=["01j9zq6n5v8k3w2r7t4x1y0abc", "system:scan"],
    ),
]
PrincipalName = Annotated[
    str,
    Field(
        pattern="^(user|group):[0-9A-Za-z]{1,64}$",
        description='"user:" or "group:" and an id.',
        examples=["group:01j9zq6n5v8k3w2r7t4x1y0abc"],
    ),
]
Cursor = Annotated[
    str | None,
    Field(description="Send it back as ?cursor= for the next page; null: there is none."),
]


class Shape(BaseModel):
    """A model of a body. Its validator is built when it is first used.

    There are some fifty, and only those that a cold start's requests send need one.
    """

    model_config = ConfigDict(defer_build=True)


class Strict(Shape):
    """A body in which an unknown field is an error, so that a typing slip is not lost."""

    model_config = ConfigDict(extra="forbid", strict=True)
