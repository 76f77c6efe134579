# ruff: noqa: SLF001 - the emulator offers no public way in
"""How functions are unpacked and which Python runs them.

The emulator unpacks the zip again for every worker and runs it with the launcher's own
interpreter, where every development package can be imported. Here all workers of one
zip share one unpacked copy (so that its compiled files are shared too), and they run
on the bare interpreter: what is missing from the zip is missing here as it is on AWS.
"""

import hashlib
import os
import shutil
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

from ministack.core import lambda_runtime

_BARE = """\
import sys
sys.path[:] = [p for p in sys.path if "site-packages" not in p and "dist-packages" not in p]
"""


def install() -> None:
    """Share unpacked code and leave the development packages out."""
    stock = lambda_runtime._detect_runtime_binary

    def runtime(name: str) -> tuple[str, str]:
        binary, script = stock(name)
        if not name.startswith("python"):
            return binary, script
        return getattr(sys, "_base_executable", "") or sys.executable, _BARE + script

    lambda_runtime._detect_runtime_binary = runtime
    lambda_runtime.zipfile = SimpleNamespace(
        ZipFile=_SharedZip,
        BadZipFile=zipfile.BadZipFile,
        LargeFileError=zipfile.LargeZipFile,
    )


def forget_unused() -> None:
    """Remove unpacked code of zips that no function of the stored state has any more."""
    blobs = Path(os.environ["STATE_DIR"]) / "lambda-blobs"
    used = {blob.stem for blob in blobs.glob("*.zip")}
    for folder in Path(os.environ["PAPERTRAIL_CODE_DIR"]).iterdir():
        if folder.name not in used:
            shutil.rmtree(folder)


class _SharedZip(zipfile.ZipFile):
    """A zip that unpacks once per content and is linked to afterwards."""

    def extractall(self, path=None, members=None, pwd=None) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        shared = _unpacked(self)
        target = Path(path)
        target.rmdir()
        target.symlink_to(shared, target_is_directory=True)
        # Otherwise every worker keeps a zip that nothing reads again.
        Path(str(self.filename)).unlink()
        del members, pwd


def _unpacked(archive: zipfile.ZipFile) -> Path:
    content = Path(str(archive.filename)).read_bytes()
    folder = Path(os.environ["PAPERTRAIL_CODE_DIR"]) / hashlib.sha256(content).hexdigest()
    if not folder.exists():
        # Unpacked aside and renamed: another worker, or the start after a kill, never
        # sees a folder that is only half there.
        aside = folder.with_name(f"{folder.name}.{os.getpid()}.{id(archive)}")
        zipfile.ZipFile.extractall(archive, aside)
        try:
            aside.rename(folder)
        except OSError:
            if not folder.exists():
                raise
    return folder
