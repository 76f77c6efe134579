"""Problems as RFC 9457 has them, and the description itself."""

from typing import Any, Literal

from pydantic import Field

from functions.http.bodies.values import Shape


class FieldProblem(Shape):
    """What is wrong with a field, a parameter or a header."""

    field: str
    problem: str


class Problem(Shape):
    """An RFC 9457 problem; some kinds add facts of their own."""

    type: str = Field(examples=["urn:papertrail:problem:not-found"])
    title: str = Field(examples=["Nothing here"])
    status: int = Field(ge=400, le=599, examples=[404])
    detail: str = Field(examples=["There is no such document, or you may not see it."])
    request_id: str
    errors: list[FieldProblem] = Field(default=[])


class Description(Shape):
    """An OpenAPI document."""

    openapi: Literal["3.1.0"]
    info: dict[str, Any]
    paths: dict[str, Any]
    components: dict[str, Any]
