"""Which writing use cases no scenario has reached."""

from collections.abc import Iterable, Mapping

from tests.faults.breaks.writers import writing_functions

EXCUSED: Mapping[str, str] = {
    "infra.first_administrator:main": "words around the two functions that scenarios run",
}
"""Functions that write and are not in the lane, each with its reason."""


def unreached(writers: Iterable[str]) -> set[str]:
    """Public functions that write, without those under which a scenario has written."""
    return writing_functions() - set(writers) - EXCUSED.keys()
