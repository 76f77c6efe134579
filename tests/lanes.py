"""Run the tests, lane by lane: `python -m tests.lanes [LANE ...]`.

A lane that needs something this machine lacks gets it when it may (as root on Debian),
and is left out with a line that says how to get it otherwise. With CI=true a lane that is
left out is a failure.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "build" / "test-environment"
PORT = "8099"
SEED = "operator:correct horse battery staple"
CHROMIUM = "chromium"


class Missing(Exception):
    """The lane cannot run here; the message says how it can."""


@dataclass(frozen=True)
class Lane:
    """Which tests, what they need, and what is cleared away afterwards."""

    marks: str
    prepare: Callable[[], dict[str, str]] = dict
    finish: Callable[[], None] = lambda: None


def main(wanted: Sequence[str]) -> int:
    """Run the named lanes, or all; returns the exit status."""
    unknown = set(wanted) - set(LANES)
    if unknown:
        sys.stderr.write(f"There is no lane {', '.join(unknown)}; there are {', '.join(LANES)}.\n")
        return 2
    results = {name: _run(name, LANES[name]) for name in wanted or LANES}
    for name, result in results.items():
        sys.stdout.write(f"{name}: {result}\n")
    good = {"passed"} if os.environ.get("CI") else {"passed", "left out"}
    return 0 if set(results.values()) <= good else 1


def _run(name: str, lane: Lane) -> str:
    sys.stdout.write(f"\n== {name}\n")
    sys.stdout.flush()
    try:
        environ = lane.prepare()
    except Missing as reason:
        sys.stderr.write(f"{reason}\n")
        return "left out"
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-m", lane.marks],
            cwd=ROOT,
            env={**os.environ, **environ},
            check=False,
        )
    finally:
        lane.finish()
    # 5: no test carries the mark, which a lane of ours always has.
    return "passed" if done.returncode == 0 else "failed"


def _environment() -> dict[str, str]:
    """Bring up an environment of the tests' own, from nothing."""
    _stop()
    shutil.rmtree(HOME, ignore_errors=True)
    started = subprocess.run(
        [sys.executable, "-m", "infra.local", "run"],
        cwd=ROOT,
        env={**os.environ, **_settings(), "PAPERTRAIL_SEED_ADMIN": SEED},
        check=False,
    )
    if started.returncode:
        raise SystemExit("The environment to test did not come up.")
    return _settings()


def _browser() -> dict[str, str]:
    binary = shutil.which(CHROMIUM) or _installed_chromium()
    return {**_environment(), "PAPERTRAIL_CHROMIUM": binary}


def _installed_chromium() -> str:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", CHROMIUM], check=False)
    found = shutil.which(CHROMIUM)
    if found is None:
        raise Missing("The browser lane needs Chromium: sudo apt-get install chromium")
    return found


def _stop() -> None:
    subprocess.run(
        [sys.executable, "-m", "infra.local", "stop"],
        cwd=ROOT,
        env={**os.environ, **_settings()},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def _settings() -> dict[str, str]:
    return {"PAPERTRAIL_HOME": str(HOME), "PAPERTRAIL_PORT": PORT}


LANES = {
    "here": Lane("not dynamodb_local and not environment and not browser"),
    "races": Lane("dynamodb_local"),
    "environment": Lane("environment", _environment, _stop),
    "browser": Lane("browser", _browser, _stop),
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
