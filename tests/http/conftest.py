import pytest

from chalicelib.web import pages
from chalicelib.web.assets import Assets
from functions.web import static
from tests.web.conftest import BUILT


@pytest.fixture(scope="session")
def small_build(tmp_path_factory):
    folder = tmp_path_factory.mktemp("static")
    for name in BUILT.values():
        (folder / name).write_text(f"/* {name} */", encoding="utf-8")
    manifest = "{" + ", ".join(f'"{plain}": "{name}"' for plain, name in BUILT.items()) + "}"
    (folder / "manifest.json").write_text(manifest, encoding="utf-8")
    return Assets(folder)


@pytest.fixture
def built_pages(small_build, monkeypatch):
    """Pages name files of a small build, so that these tests need no Node."""
    monkeypatch.setattr(pages, "assets", small_build)
    monkeypatch.setattr(static, "assets", small_build)
