"""The portal's built static files: hashed URLs for pages, and bodies for the route that serves.

Everything is text by design of the build (infra/assets/build.mjs): API Gateway decodes binary
bodies only for clients that ask for the exact type, and it compresses text on its own.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "static"
FOREVER: Final = "public, max-age=31536000, immutable"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
# Chromium gives a worker the policy of its own response. pdf.js decodes JBIG2 and JPEG 2000 in
# WebAssembly inside its worker; nothing else may compile any.
_POLICY: Final = "default-src 'none'; script-src 'self'; connect-src 'self'"
_WORKER_POLICY: Final = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"


@dataclass(frozen=True)
class Asset:
    """A static file, ready to send."""

    body: str
    headers: Mapping[str, str]


class Assets:
    """The built files under one folder.

    The folder is only ever read at names that its own listing contains, so a path from a URL
    cannot lead out of it.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder

    @cached_property
    def manifest(self) -> Mapping[str, str]:
        """Plain name -> name with the content's hash. FileNotFoundError if nothing was built."""
        names: dict[str, str] = json.loads((self._folder / "manifest.json").read_text("utf-8"))
        return names

    @cached_property
    def _files(self) -> Mapping[str, Path]:
        served = (path for path in self._folder.rglob("*") if path.suffix in _TYPES)
        return {path.relative_to(self._folder).as_posix(): path for path in served}

    def path(self, name: str) -> str:
        """Name the hashed file (or folder) of a plain name, below /assets/.

        Raises:
            KeyError: the build made no such file; a page asking for one is a defect.
        """
        return self.manifest[name]

    def read(self, path: str) -> Asset | None:
        """Find the file at a path below /assets/; None if there is none."""
        file = self._files.get(path)
        if file is None:
            return None
        policy = _WORKER_POLICY if file.name.startswith("pdf-worker-") else _POLICY
        headers = {
            "Cache-Control": FOREVER,
            "Content-Security-Policy": policy,
            "Content-Type": _TYPES[file.suffix],
            "X-Content-Type-Options": "nosniff",
        }
        return Asset(file.read_text("utf-8"), headers)
