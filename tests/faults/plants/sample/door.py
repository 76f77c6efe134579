"""A product of two guards, to try the planter on: one is tested, the other is not."""


class Refused(Exception):
    """Not to be let in."""


def enter(age: int, *, banned: bool = False) -> str:
    """Let in who is eighteen and not banned."""
    if age < 18:
        raise Refused("too young")
    if banned:
        raise Refused("banned")
    return "welcome"
