"""The deployed environment that `make test` brought up, as its tests see it.

Fixture: `environment`, marked `environment` or `browser` at its users. By hand: `make run`,
then `pytest -m environment` with the same PAPERTRAIL_HOME.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Environment:
    """Addresses and the first administrator of a running environment."""

    home: Path
    portal_url: str
    api_url: str
    mailbox_url: str
    stage_url: str
    aws_url: str
    admin_username: str
    admin_password: str


@pytest.fixture(scope="session")
def environment() -> Environment:
    """Return the environment that PAPERTRAIL_HOME names (default `.local`)."""
    try:
        return load()
    except FileNotFoundError as error:
        message = f"{error.filename} is not there: make run"
        return pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


def load() -> Environment:
    """Read where the environment is. Raises FileNotFoundError when there is none."""
    home = Path(os.environ.get("PAPERTRAIL_HOME") or ROOT / ".local")
    record = (home / "environment.json").read_text(encoding="utf-8")
    return Environment(home=home, **json.loads(record))
