"""A deployed environment of the bench's own, from nothing, and gone afterwards."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from unittest import mock

from tests.support.environment import ROOT, Environment, load

HOME = ROOT / "build" / "bench-environment"
PORT = "8094"
SEED = "operator:correct horse battery staple"


@contextmanager
def deployed() -> Iterator[Environment]:
    """Bring it up, and stop and remove it.

    Raises:
        SystemExit: it did not come up.
    """
    settings = {"PAPERTRAIL_HOME": str(HOME), "PAPERTRAIL_PORT": PORT}
    _command("stop", settings)
    shutil.rmtree(HOME, ignore_errors=True)
    if _command("run", {**settings, "PAPERTRAIL_SEED_ADMIN": SEED}):
        raise SystemExit("The environment to load did not come up.")
    try:
        with mock.patch.dict(os.environ, settings):
            yield load()
    finally:
        _command("stop", settings)
        shutil.rmtree(HOME, ignore_errors=True)


def _command(word: str, settings: Mapping[str, str]) -> int:
    return subprocess.run(
        [sys.executable, "-m", "infra.local", word],
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        check=False,
    ).returncode
