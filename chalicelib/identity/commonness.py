"""Tells passwords that guessers try first.

Lists of leaked passwords come under no clear licence, and hold hardly anything of twelve
characters or more. Those that do reach that length are made by few rules: a common word or two,
letters swapped for look-alike digits, a year or a counter at the end, a walk over the keyboard, a
short thing repeated. So the rules themselves are checked; see
docs/decisions/0010-passwords-and-sessions.md.
"""

import re
from collections.abc import Iterator

_WORDS = frozenset(
    """
    account admin administrator alexander america andrew angel angela anthony apple april arsenal
    ashley august autumn baby backup bailey banana barcelona baseball basketball batman beautiful
    bonjour boston brandon butterfly buster carlos casper change changeme charlie cheese chelsea
    chicken chocolate chris christian client company computer cookie corporate correct cowboy
    dallas daniel database december default demo diamond document documents dolphin dragon eagle
    eagles elephant elizabeth england enter external family february ferrari flower football
    forever forget france freedom friday friend friends galaxy gandalf george ginger god google
    guest guitar hannah happy harley hello hockey holiday home horse hunter iceman iloveyou
    india internal internet jackson james january jasmine jennifer jessica jesus johnson jordan
    joseph joshua july june junior justin killer king kitty knight lady legend letmein life
    liverpool login london lord love lovely lover loveyou lucky madison maggie manager manchester
    march maria market marlboro martin master matrix matthew maverick melissa mercedes merlin
    michael michelle mickey midnight minecraft mobile monday money monkey morgan mother mountain
    music mustang naruto natasha network never newpass nicholas nicole ninja nothing november
    october office oliver online orange paper papertrail pass passcode passphrase passwd password
    patrick peanut pepper phoenix please pokemon police power prince princess private public
    purple qazwsx qwert qwerty rabbit rainbow rangers real root robert rocket samantha samsung
    saturday school scooter secret secure security september server shadow sierra signin silver
    simple snoopy soccer sophie south spiderman spring staple star startrek starwars strong
    student summer sunday sunshine super superman support sweet system taylor teacher temp
    temporary tennis test testing thomas thunder thursday tigger tiger today tomorrow trustno
    tuesday tweety unknown user username victoria victory vincent wednesday welcome whatever
    white william windows winner winter wizard wolf work yankees yellow you zxcvbn
    """.split()  # noqa: SIM905 - a list literal of words would be four pages long
)
_LONGEST = max(map(len, _WORDS))
_LOOKALIKES = str.maketrans("0134578@$!|+", "oleastbasilt")
_WALKS = (
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "azertyuiop",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
)
_SHORTEST_STEP = 3
_LONGEST_STEP = max(map(len, _WALKS))
_MAX_WORDS = 3
_LONGEST_REPEATED = 8
_FEWEST_DIFFERENT = 5


def is_common(password: str) -> bool:
    """Whether one of the first few million guesses would be this password."""
    text = password.casefold()
    # Without the year, the counter or the exclamation mark that people add to a short one.
    core = text.strip("0123456789!@#$%^&*()-_=+.,;:?/ ")
    return (
        len(set(text)) < _FEWEST_DIFFERENT
        or _is_repeated(text)
        or any(_is_walk(re.sub(r"\W|_", "", part)) for part in (text, core))
        or any(_is_words(reading) for reading in _readings(text, core))
    )


def _readings(*parts: str) -> Iterator[str]:
    """The letters alone, and again with digits and marks read as the letters they look like."""
    for part in parts:
        for reading in (part, part.translate(_LOOKALIKES)):
            yield re.sub(r"[\W\d_]", "", reading)


def _is_words(text: str) -> bool:
    """Whether at most three common words make up the text."""
    fewest = [0, *([_MAX_WORDS + 1] * len(text))]
    for end in range(1, len(text) + 1):
        for start in range(max(0, end - _LONGEST), end):
            if text[start:end] in _WORDS:
                fewest[end] = min(fewest[end], fewest[start] + 1)
    return 0 < fewest[-1] <= _MAX_WORDS if text else False


def _is_repeated(text: str) -> bool:
    """Whether something short or common, over and over, makes up the text."""
    for size in range(1, len(text) // 2 + 1):
        if (text[:size] * (len(text) // size + 1))[: len(text)] == text:
            return size < _LONGEST_REPEATED or is_common(text[:size])
    return False


def _is_walk(text: str) -> bool:
    """Whether steps of three and more keys (or letters, or digits) in a row make it up."""
    fits = [True, *([False] * len(text))]
    for end in range(_SHORTEST_STEP, len(text) + 1):
        fits[end] = any(
            fits[start] and _is_step(text[start:end])
            for start in range(max(0, end - _LONGEST_STEP), end - _SHORTEST_STEP + 1)
        )
    return fits[-1] and bool(text)


def _is_step(text: str) -> bool:
    return len(set(text)) == 1 or any(text in walk or text in walk[::-1] for walk in _WALKS)
