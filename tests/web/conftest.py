import json

import pytest

from chalicelib.web import pages
from chalicelib.web.assets import Assets
from functions.web import static
from tests.support.people import people

__all__ = ["people"]

BUILT = {
    "digest-worker.js": "digest-worker-1.js",
    "favicon.svg": "favicon-1.svg",
    "icons.svg": "icons-1.svg",
    "main.js": "main-1.js",
    "pdf-cmaps": "pdf-cmaps-1",
    "pdf-fonts": "pdf-fonts-1",
    "pdf-wasm": "pdf-wasm-1",
    "pdf-worker.js": "pdf-worker-1.js",
    "portal.css": "portal-1.css",
}


@pytest.fixture
def static_folder(tmp_path):
    for name in BUILT.values():
        if "." in name:
            (tmp_path / name).write_text(f"/* {name} */", encoding="utf-8")
    (tmp_path / "pdf-cmaps-1").mkdir()
    (tmp_path / "pdf-cmaps-1" / "H.bcmap.txt").write_text("4A==", encoding="utf-8")
    (tmp_path / "manifest.json").write_text(json.dumps(BUILT), encoding="utf-8")
    return tmp_path


@pytest.fixture(autouse=True)
def built(static_folder, monkeypatch):
    """Pages name files of a small build, so that these tests need no Node."""
    found = Assets(static_folder)
    monkeypatch.setattr(pages, "assets", found)
    monkeypatch.setattr(static, "assets", found)
    return found
