"""What bodies look like: models by their names, imported when the first one is asked for.

A route names its models, because most starts of the API answer a question that sends no body, and
importing pydantic and all models would take a fifth of a start.
"""

from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import BaseModel


def shape(name: str) -> "type[BaseModel]":
    """The model of that name.

    Raises:
        KeyError: there is none.
    """
    return _shapes()[name]


@lru_cache(maxsize=1)
def _shapes() -> "dict[str, type[BaseModel]]":
    from functions.http.bodies.values import Shape  # noqa: PLC0415 - see above

    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, Shape)
    }
