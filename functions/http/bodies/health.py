"""What the API says of itself."""

from typing import Literal

from functions.http.bodies.values import Shape


class HealthShape(Shape):
    """Says that requests are answered and the tables can be read."""

    status: Literal["ok"]
