import zipfile

import pytest

from infra import package
from infra.package import BadPackage, check, checked, clean_bytecode
from infra.stage import ROOT

PURE = "Root-Is-Purelib: true\nTag: py3-none-any\n"
MANYLINUX = "Tag: cp311-cp311-manylinux_2_17_x86_64\nTag: cp311-cp311-manylinux2014_x86_64\n"
OURS = {"app.py": "", "chalicelib/__init__.py": "", "functions/edge.py": ""}


@pytest.fixture
def make(tmp_path):
    def make_zip(files):
        path = tmp_path / "deployment.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return path

    return make_zip


def wheel(name, tags, files):
    record = "".join(f"{file},sha256=x,1\n" for file in files)
    contents = dict.fromkeys(files, "")
    info = f"{name}-1.0.dist-info"
    return {**contents, f"{info}/WHEEL": tags, f"{info}/RECORD": record}


def test_a_package_of_ours_with_published_wheels_is_good(make):
    good = {**OURS, **wheel("a", PURE, ["a.py"]), **wheel("b", MANYLINUX, ["b/_c.so"])}
    assert check(make(good)) == []


@pytest.mark.parametrize(
    ("file", "fault"),
    [
        ("chalicelib/__pycache__/errors.cpython-311.pyc", "bytecode"),
        ("infra/deploy.py", "holds infra/deploy.py"),
        ("tests/conftest.py", "holds tests/conftest.py"),
        ("stray.so", "native code of unknown origin"),
    ],
)
def test_what_must_not_ship_is_found(make, file, fault):
    assert any(fault in found for found in check(make({**OURS, file: ""})))


def test_a_missing_part_of_ours_is_found(make):
    without = {name: text for name, text in OURS.items() if not name.startswith("functions/")}
    assert check(make(without)) == ["holds no functions/"]


def test_a_wheel_compiled_here_is_found(make):
    files = {**OURS, **wheel("b", "Tag: cp311-cp311-linux_x86_64\n", ["b/_c.so"])}
    faults = check(make(files))
    assert any("was compiled here" in fault for fault in faults)


def test_a_package_that_outgrows_its_bound_is_found(make, monkeypatch):
    monkeypatch.setattr(package, "LARGEST_BYTES", 100)
    with pytest.raises(BadPackage, match="more than 100"):
        checked(make(OURS))


def test_bytecode_is_cleared_before_packaging(tmp_path):
    cache = tmp_path / "functions" / "events" / "__pycache__"
    cache.mkdir(parents=True)
    (cache / "uploads.cpython-311.pyc").touch()

    clean_bytecode(tmp_path)

    assert not cache.exists()
    assert cache.parent.exists()


def test_functions_reach_the_zip_through_a_link_that_is_a_folder():
    link = ROOT / "vendor" / "functions"
    assert link.is_symlink()
    assert link.is_dir()
    assert link.resolve() == ROOT / "functions"
