"""Measured results kept as JSON, and the page that tells them, rendered from the JSON alone.

`docs/benchmarks.*` and `docs/faults.*` are two such reports. A report has sections; each is
measured by itself, with the date and the machine, so that a reader knows what stands beside what.
"""

import json
import os
import platform
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "pictures"

Result = Mapping[str, Any]
"""What a section measured: JSON-like, and all that its words and plots may draw on."""


def _no_plots(_result: Result, _folder: Path) -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class Section:
    """One part of a report.

    Args:
        name: as on the command line and in the JSON.
        title: its heading.
        measure: does the work; prints progress as it likes. Raises on what may not be
            reported, such as a broken invariant.
        words: Markdown below the heading, from the result alone.
        shortfalls: one Markdown line for each goal missed, from the result alone.
        plots: writes SVG files into a folder of the section's own.
    """

    name: str
    title: str
    measure: Callable[[], Result]
    words: Callable[[Result], str]
    shortfalls: Callable[[Result], Sequence[str]] = lambda _result: ()
    plots: Callable[[Result, Path], None] = _no_plots


@dataclass(frozen=True, kw_only=True)
class Report:
    """A page of the docs, generated.

    Args:
        name: file name in docs/ without its ending.
        title: the page's heading.
        opening: Markdown under it.
        sections: in the order of the page.
        closing: heading of the list of all shortfalls.
    """

    name: str
    title: str
    opening: str
    sections: Sequence[Section]
    closing: str

    @property
    def page(self) -> Path:
        """Where a person reads it."""
        return ROOT / "docs" / f"{self.name}.md"

    @property
    def data(self) -> Path:
        """Where a program reads it."""
        return ROOT / "docs" / f"{self.name}.json"

    def measure(self, names: Sequence[str]) -> None:
        """Measure the named sections (none: all), keeping each as soon as it is there."""
        for section in self._chosen(names):
            print(f"# {section.title}", flush=True)  # noqa: T201 - a command's output
            result = section.measure()
            kept = self.read()
            kept[section.name] = {
                "measured": datetime.now(UTC).isoformat(timespec="minutes"),
                "commit": _commit(),
                "machine": machine(),
                "result": result,
            }
            self.data.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", "utf-8")
            folder = PICTURES / self.name / section.name
            folder.mkdir(parents=True, exist_ok=True)
            section.plots(result, folder)
            if not any(folder.iterdir()):
                folder.rmdir()
            self.page.write_text(self.render(), "utf-8")
            print(section.words(kept[section.name]["result"]), flush=True)  # noqa: T201

    def read(self) -> dict[str, Any]:
        """What was measured so far, by section."""
        return json.loads(self.data.read_text("utf-8")) if self.data.exists() else {}

    def render(self) -> str:
        """The page, from what was measured so far."""
        kept = self.read()
        measured = [(each, kept[each.name]) for each in self.sections if each.name in kept]
        parts = [f"# {self.title}", self.opening]
        for section, found in measured:
            parts += [f"## {section.title}", _stamp(found), section.words(found["result"]).strip()]
        lines = [
            f"- **{section.title}**: {line}"
            for section, found in measured
            for line in section.shortfalls(found["result"])
        ]
        parts += [f"## {self.closing}", "\n".join(lines) or "Nothing known."]
        return "\n\n".join(part.strip() for part in parts) + "\n"

    def _chosen(self, names: Sequence[str]) -> list[Section]:
        unknown = set(names) - {each.name for each in self.sections}
        if unknown:
            there = ", ".join(each.name for each in self.sections)
            raise SystemExit(
                f"There is no section {', '.join(sorted(unknown))}; there are {there}."
            )
        return [each for each in self.sections if not names or each.name in names]


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; cells that are numbers are set to the right."""
    numeric = [
        bool(rows) and all(isinstance(row[n], int | float) for row in rows)
        for n in range(len(head))
    ]
    lines = [
        "| " + " | ".join(head) + " |",
        "|" + "|".join("--:" if right else "---" for right in numeric) + "|",
    ]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines)


def machine() -> dict[str, Any]:
    """What the figures were measured on; never its name or paths."""
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 1),
    }


def _stamp(found: Mapping[str, Any]) -> str:
    told = found["machine"]
    return (
        f"Measured {found['measured'][:16].replace('T', ' ')} UTC at commit `{found['commit']}` on "
        f"{told['cores']} cores ({told['processor']}), {told['memory_gib']} GiB, "
        f"{told['system']}, Python {told['python']}; load before the run {told['load_before']}."
    )


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) else str(value)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _commit() -> str:
    """Which state of the sources was measured; what the reports themselves write is none of it."""
    head = _git("rev-parse", "--short", "HEAD")
    changed = _git("status", "--porcelain", "--", ".", ":!docs")
    return f"{head}-dirty" if head and changed else head or "unknown"


def _git(*asked: str) -> str:
    told = subprocess.run(["git", *asked], cwd=ROOT, capture_output=True, text=True, check=False)
    return told.stdout.strip()
