"""Builds the deployment zip as `chalice deploy` does and checks it: `python -m infra.package`."""

import argparse
import csv
import io
import shutil
import sys
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from chalice.deploy.packager import DependencyBuilder, LambdaDeploymentPackager, PipRunner
from chalice.deploy.packager import SubprocessPip as Pip
from chalice.utils import UI, OSUtils

from infra.stage import ROOT

LARGEST_BYTES = 45_000_000
"""Lambda takes 50 MiB in a direct upload; the difference is room to see it coming."""
LARGEST_UNZIPPED_BYTES = 250 * 1024 * 1024

_MUST_HOLD = ("app.py", "chalicelib/", "functions/")
_MUST_NOT_HOLD = ("infra/", "tests/", "docs/", "vendor/", ".local/", "node_modules/", "ministack/")
_NATIVE = (".so", ".dylib", ".pyd")


class BadPackage(Exception):
    """The zip must not be deployed; the message lists why."""


def clean_bytecode(project: Path = ROOT) -> None:
    """Remove `__pycache__` from what ships: it would enter the zip and change its hash."""
    for folder in ("chalicelib", "functions"):
        for cache in sorted((project / folder).rglob("__pycache__")):
            shutil.rmtree(cache)


def build(project: Path = ROOT) -> Path:
    """The zip, made by Chalice's own packager; reused while nothing that ships has changed."""
    clean_bytecode(project)
    files = OSUtils()
    dependencies = DependencyBuilder(files, pip_runner=PipRunner(Pip(files), files))
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packager = LambdaDeploymentPackager(files, dependencies, UI())
    return Path(packager.create_deployment_package(str(project), version))


def check(package: Path) -> list[str]:
    """What is wrong with a deployment zip; empty when it may be deployed."""
    faults = []
    size = package.stat().st_size
    if size > LARGEST_BYTES:
        faults.append(f"{size:,} bytes are more than {LARGEST_BYTES:,}")
    with zipfile.ZipFile(package) as archive:
        unzipped = sum(entry.file_size for entry in archive.infolist())
        if unzipped > LARGEST_UNZIPPED_BYTES:
            faults.append(f"{unzipped:,} bytes unzipped are more than {LARGEST_UNZIPPED_BYTES:,}")
        names = archive.namelist()
        faults += _misplaced(names)
        faults += _compiled_here(archive, names)
    return faults


def checked(package: Path) -> Path:
    """The package itself; raises BadPackage when anything is wrong with it."""
    faults = check(package)
    if faults:
        raise BadPackage("\n".join([f"{package.name}:", *(f"  {fault}" for fault in faults)]))
    return package


def _misplaced(names: Sequence[str]) -> list[str]:
    missing = [
        f"holds no {wanted}"
        for wanted in _MUST_HOLD
        if not any(name.startswith(wanted) for name in names)
    ]
    unwanted = [f"holds {name}" for name in names if name.startswith(_MUST_NOT_HOLD)]
    bytecode = [f"holds bytecode {name}" for name in names if name.endswith(".pyc")]
    twice = [f"holds {name} twice" for name, count in Counter(names).items() if count > 1]
    return missing + unwanted + bytecode + twice


def _compiled_here(archive: zipfile.ZipFile, names: Sequence[str]) -> list[str]:
    """Native files that no manylinux wheel brought: built on this machine, for this machine."""
    brought: set[str] = set()
    faults = []
    for wheel in (name for name in names if name.endswith(".dist-info/WHEEL")):
        tags = [
            line.removeprefix("Tag: ")
            for line in archive.read(wheel).decode().splitlines()
            if line.startswith("Tag: ")
        ]
        if all("manylinux" in tag or tag.endswith("-none-any") for tag in tags):
            brought |= _recorded(archive, wheel.replace("/WHEEL", "/RECORD"))
        else:
            faults.append(f"{wheel.partition('.dist-info')[0]} was compiled here: {tags}")
    strangers = [
        f"holds native code of unknown origin: {name}"
        for name in names
        if name.endswith(_NATIVE) and name not in brought
    ]
    return faults + strangers


def _recorded(archive: zipfile.ZipFile, record: str) -> set[str]:
    text = archive.read(record).decode()
    return {row[0] for row in csv.reader(io.StringIO(text)) if row}


def main(arguments: Sequence[str] | None = None) -> int:
    """Build (or take the given zip), check, print its size; 1 when it must not be deployed."""
    parser = argparse.ArgumentParser(prog="python -m infra.package", description=__doc__)
    parser.add_argument("package", nargs="?", type=Path, help="check this zip, build nothing")
    chosen = parser.parse_args(arguments)
    try:
        package = checked(chosen.package or build())
    except BadPackage as error:
        sys.stderr.write(f"{error}\n")
        return 1
    print(f"{package}: {package.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
