"""What documents name is there: files, tests, make targets."""

import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_PATH = re.compile(
    r"`(app\.py|(?:chalicelib|docs|functions|infra|tests)/[\w/.-]*\.\w+)(?:::(\w+))?`"
)
_FOLDER = re.compile(r"`((?:chalicelib|docs|functions|infra|tests)/[\w/-]*)`")
_PLACEHOLDER = re.compile(r"\b[A-Z]{2,}\b")
_LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
_TEST = re.compile(r"`(test_\w+)`")
_MAKE = re.compile(r"`make (\w+)")


def names() -> set[str]:
    found = set()
    for path in (ROOT / "tests").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= {path.stem, *re.findall(r"(?:def|class) (\w+)", text)}
    return found


TESTS = names()


def there(name: str) -> bool:
    """Whether a file or folder is there; `infra/stages/NAME.json` stands for any."""
    pattern = _PLACEHOLDER.sub("*", name)
    return any(ROOT.glob(pattern.rstrip("/")))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_document_names_is_there(path: Path):
    text = path.read_text(encoding="utf-8")
    missing = [name for name, _ in _PATH.findall(text) if not there(name)]
    missing += [name for name in _FOLDER.findall(text) if not there(name)]
    missing += [name for name in _LINK.findall(text) if not (path.parent / name).exists()]
    missing += [test for _, test in _PATH.findall(text) if test and test not in TESTS]
    missing += [test for test in _TEST.findall(text) if test not in TESTS]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    missing += [t for t in _MAKE.findall(text) if not re.search(rf"^{t}:", makefile, re.MULTILINE)]
    assert missing == []
