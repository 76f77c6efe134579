import pytest

from chalicelib.web import pages
from chalicelib.web.assets import Assets
from functions.edge import ROUTES
from functions.web import static
from tests.support.api import Api, matched
from tests.support.described import require_described
from tests.web.conftest import BUILT

DESCRIBED = {(r.method, r.path) for r in ROUTES if not r.page and "+}" not in r.path}


@pytest.fixture(autouse=True)
def _described(monkeypatch):
    """Whatever a test of this folder is answered is as the OpenAPI document declares it."""
    send = Api.send

    def checked(self, method, path, *args, resource=None, **more):
        reply = send(self, method, path, *args, resource=resource, **more)
        template = resource or matched(method, path.partition("?")[0])[0]
        if resource is None and (method, template) in DESCRIBED:
            require_described(method, template, reply)
        return reply

    monkeypatch.setattr(Api, "send", checked)


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
