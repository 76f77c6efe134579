"""The measured pages of the docs say what was measured, and nothing that somebody typed."""

import re

import pytest

from tests.bench.report import REPORT as BENCHMARKS
from tests.faults.report import REPORT as FAULTS
from tests.support.report import ROOT, Report, Section, table

REPORTS = {report.name: report for report in (BENCHMARKS, FAULTS)}


@pytest.mark.parametrize("name", REPORTS)
def test_the_page_is_what_its_figures_render_to(name):
    report = REPORTS[name]
    assert report.page.read_text("utf-8") == report.render()


@pytest.mark.parametrize("name", REPORTS)
def test_every_section_has_been_measured(name):
    report = REPORTS[name]
    assert set(report.read()) == {section.name for section in report.sections}


@pytest.mark.parametrize("name", REPORTS)
def test_every_picture_that_the_page_shows_is_there(name):
    page = REPORTS[name].page
    shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page.read_text("utf-8"))
    assert [path for path in shown if not (page.parent / path).is_file()] == []


def test_a_page_keeps_what_was_measured_before_and_lists_what_fell_short(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.support.report.ROOT", tmp_path)
    monkeypatch.setattr("tests.support.report.PICTURES", tmp_path / "docs" / "pictures")
    (tmp_path / "docs").mkdir()
    report = Report(
        name="page",
        title="Page",
        opening="Opening.",
        sections=(_section("one", 1), _section("two", 2)),
        closing="Not good yet",
    )
    report.measure(["two"])
    report.measure(["one"])
    text = report.page.read_text("utf-8")
    assert text.index("## Section one") < text.index("It was 1.") < text.index("It was 2.")
    assert text.endswith("## Not good yet\n\n- **Section two**: 2 is too much\n")
    with pytest.raises(SystemExit, match="no section three"):
        report.measure(["three"])


def test_a_table_sets_numbers_to_the_right():
    text = table(["name", "calls"], [["a", 1200], ["b", 0.5]])
    assert text.splitlines() == ["| name | calls |", "|---|--:|", "| a | 1,200 |", "| b | 0.5 |"]


def test_the_docs_are_where_the_reports_are_written():
    assert (ROOT / "docs" / "architecture.md").is_file()


def _section(name: str, figure: int) -> Section:
    return Section(
        name=name,
        title=f"Section {name}",
        measure=lambda: {"figure": figure},
        words=lambda result: f"It was {result['figure']}.",
        shortfalls=lambda result: [f"{result['figure']} is too much"] if figure > 1 else [],
    )
