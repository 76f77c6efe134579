import pytest

from chalicelib.web.assets import Assets
from tests.support.api import Api


def test_a_built_file_is_kept_for_ever_and_bound_to_its_type(built):
    found = built.read("main-1.js")
    assert found.body == "/* main-1.js */"
    assert found.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert found.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert found.headers["X-Content-Type-Options"] == "nosniff"


def test_only_the_pdf_worker_may_compile_webassembly(built):
    of_pdf = built.read("pdf-worker-1.js").headers["Content-Security-Policy"]
    assert of_pdf == "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"
    of_others = built.read("digest-worker-1.js").headers["Content-Security-Policy"]
    assert of_others == "default-src 'none'; script-src 'self'; connect-src 'self'"


@pytest.mark.parametrize(
    "path", ["", "main.js", "manifest.json", "../assets.py", "pdf-cmaps-1/../../assets.py", "/etc"]
)
def test_nothing_but_what_was_built_is_served(built, path):
    assert built.read(path) is None


def test_a_page_asking_for_what_was_not_built_is_a_defect(built):
    with pytest.raises(KeyError):
        built.path("missing.js")


def test_without_a_build_the_manifest_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        Assets(tmp_path / "none").path("main.js")


def test_files_come_over_the_route_in_folders_too(people):
    reply = Api().get("/assets/pdf-cmaps-1/H.bcmap.txt")
    assert (reply.status, reply.text) == (200, "4A==")
    assert "immutable" in reply.headers["cache-control"]
    missing = Api().get("/assets/nothing.js")
    assert (missing.status, missing.headers["content-type"]) == (404, "text/html; charset=utf-8")
