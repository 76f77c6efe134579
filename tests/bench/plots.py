"""Plots for the report: SVG that is the same for the same figures, and that can be read aloud.

Colours hold 4.5:1 and more against the white ground, and series differ by hatch or dash besides,
so that nobody needs to tell colours apart. Text stays text in the SVG.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

COLOURS = ("#1f4e79", "#a03c00", "#2e6b34", "#7a2f7f", "#5c5c5c", "#8a1c3b")
"""In the order of the series; each at least 4.5:1 on white (WCAG 2.2, 1.4.3)."""
_HATCHES = ("", "//", "..", "xx", "\\\\", "--")
_DASHES = ("-", "--", ":", "-.", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)))
_STYLE: Mapping[str, Any] = {
    # Ids made from the figures alone: a plot drawn again is the same file.
    "svg.hashsalt": "papertrail",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 0.6,
}

Series = Mapping[str, Sequence[float]]
"""Values by the name of the series; one for each label, or for each place on the x axis."""


def bars(
    path: Path,
    *,
    title: str,
    description: str,
    labels: Sequence[str],
    series: Series,
    unit: str,
    logarithmic: bool = False,
) -> None:
    """Horizontal bars, one group a label, the first label on top.

    Args:
        path: of the SVG.
        title: what is shown; stands above the plot and is read aloud.
        description: what one is to see in it, in a sentence; read aloud only.
        labels: one a group.
        series: of as many values as there are labels.
        unit: what the values are, under the axis.
        logarithmic: whether the axis is.
    """

    def draw(axes: Any) -> None:
        thickness = 0.8 / len(series)
        for n, (name, values) in enumerate(series.items()):
            places = [at + (n - (len(series) - 1) / 2) * thickness for at in range(len(labels))]
            axes.barh(
                places,
                values,
                thickness,
                label=name,
                color=COLOURS[n],
                hatch=_HATCHES[n],
                edgecolor="white",
                linewidth=0.3,
            )
        axes.set_yticks(range(len(labels)), labels)
        axes.set_ylim(len(labels) - 0.5, -0.5)
        axes.set_xlabel(unit)
        if logarithmic:
            axes.set_xscale("log")

    height = 1.2 + len(labels) * (0.09 + 0.11 * len(series))
    _drawn(path, title, description, draw, size=(8, height), legend=len(series) > 1)


def lines(
    path: Path,
    *,
    title: str,
    description: str,
    x: Sequence[float],
    series: Series,
    x_unit: str,
    unit: str,
    logarithmic_x: bool = False,
    logarithmic: bool = False,
    steps: bool = False,
) -> None:
    """Lines over one x axis; the y axis begins at zero unless it is logarithmic.

    Args:
        path: of the SVG.
        title: what is shown; stands above the plot and is read aloud.
        description: what one is to see in it, in a sentence; read aloud only.
        x: places on the x axis.
        series: of as many values as there are places.
        x_unit: what the places are.
        unit: what the values are.
        logarithmic_x: whether the x axis is.
        logarithmic: whether the y axis is.
        steps: each value holds until the next place, instead of a slope.
    """

    def draw(axes: Any) -> None:
        many = len(x) > 40
        for n, (name, values) in enumerate(series.items()):
            axes.plot(
                x,
                values,
                label=name,
                color=COLOURS[n],
                linestyle=_DASHES[n],
                marker="" if many else "os^Dvx"[n],
                drawstyle="steps-post" if steps else "default",
            )
        axes.set_xlabel(x_unit)
        axes.set_ylabel(unit)
        axes.grid(visible=True, color="#dddddd", linewidth=0.6)
        if logarithmic_x:
            axes.set_xscale("log")
        if logarithmic:
            axes.set_yscale("log")
        else:
            axes.set_ylim(bottom=0)

    _drawn(path, title, description, draw, size=(8, 3.8), legend=len(series) > 1)


def _drawn(
    path: Path,
    title: str,
    description: str,
    draw: Callable[[Any], None],
    *,
    size: tuple[float, float],
    legend: bool,
) -> None:
    # Only here: tests that render the page from its JSON need no matplotlib.
    import matplotlib as mpl  # noqa: PLC0415
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    with mpl.rc_context(dict(_STYLE)):
        figure = Figure(figsize=size, layout="constrained", facecolor="white")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        draw(axes)
        axes.set_title(title, loc="left", fontweight="bold")
        if legend:
            figure.legend(loc="outside lower center", ncols=4, frameon=False)
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
    path.write_text(_readable(path.read_text("utf-8"), title, description), "utf-8")


def _readable(svg: str, title: str, description: str) -> str:
    """The SVG with a name and a description for whoever cannot see it."""
    told = f"<title>{escape(title)}</title>\n <desc>{escape(description)}</desc>"
    svg = re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE)
    return re.sub(r"(<svg\b[^>]*)>", rf'\1 role="img">{chr(10)} ' + _plain(told), svg, count=1)


def _plain(text: str) -> str:
    """A text in which no backslash means anything to `re.sub`."""
    return text.replace("\\", r"\\")
