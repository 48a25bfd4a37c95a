# SPDX-License-Identifier: LGPL-2.1-or-later
"""The plots, one SVG each, of what the sections left in the figures; a section that did not run has none."""
from __future__ import annotations

import os
from typing import Any, Callable

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402

from measure.estimates import median  # noqa: E402

Figures = dict[str, Any]
OURS, OTHERS = "tab:orange", "tab:gray"
STAGE_COLOURS = {"encode": "tab:blue", "network": "tab:gray", "decode": "tab:green", "hand_over": "tab:purple",
                 "locate": "tab:orange", "return": "tab:brown"}


def write(directory: str, figures: Figures) -> list[str]:
    """Returns the files. OSError where they cannot be written."""
    os.makedirs(directory, exist_ok=True)
    written = []
    for name, (key, draw) in PLOTS.items():
        if key not in figures:
            continue
        figure, axes = pyplot.subplots(figsize=(8, 4.5), layout="constrained")
        draw(axes, figures[key])
        written.append(os.path.join(directory, f"{name}.svg"))
        figure.savefig(written[-1], metadata={"Date": None})
        pyplot.close(figure)
    return written


def _stages(axes: Axes, stages: Figures) -> None:
    """A stacked bar of the ledger's stages beside one of the bare parts, for each size."""
    labels: list[str] = []
    told: set[str] = set()
    for size, of_size in stages.items():
        for what, kind in (("loop", "stages"), ("bare parts", "parts"), ("back to back", "parts_back_to_back")):
            bottom = 0.0
            for stage, height in of_size[kind].items():
                axes.bar(len(labels), height or 0, bottom=bottom, color=STAGE_COLOURS[stage],
                         label=None if stage in told else stage.replace("_", " "))
                told.add(stage)
                bottom += height or 0
            labels.append(f"{size}\n{what}")
    axes.set_xticks(range(len(labels)), labels, fontsize=8)
    axes.set_ylabel("median, ms")
    axes.set_title("Where the loop's time goes")
    axes.legend()


def _latency(axes: Axes, loops: Figures) -> None:
    """p50, p95 and p99 of each stack and size."""
    names = ("p50", "p95", "p99")
    groups = [(f"{size} {kind}", runs) for size, kinds in loops.items() for kind, runs in kinds.items()]
    for at, (_, runs) in enumerate(groups):
        values = [median([run["loop_ms"][name] for run in runs if run["loop_ms"][name] is not None]) or 0
                  for name in names]
        for offset, (name, value) in enumerate(zip(names, values)):
            axes.bar(at + 0.27 * (offset - 1), value, 0.25, color=("tab:green", "tab:orange", "tab:red")[offset],
                     label=name if at == 0 else None)
    axes.set_xticks(range(len(groups)), [label.replace(" ", "\n", 1) for label, _ in groups], fontsize=8)
    axes.set_yscale("log")
    axes.set_ylabel("loop, ms")
    axes.set_title("Loop latency at 30 fps")
    axes.legend()


def _growth(axes: Axes, growth: list[Figures]) -> None:
    pixels = [entry["pixels"] / 1e6 for entry in growth]
    axes.plot(pixels, [entry["cpu_ms"] for entry in growth], "o-", label="CPU a delivered frame, all processes")
    axes.plot(pixels, [entry["loop_p50_ms"] for entry in growth], "s-", label="loop p50")
    for x, entry in zip(pixels, growth):
        axes.annotate(entry["size"], (x, 0), fontsize=8, rotation=45)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("megapixels")
    axes.set_ylabel("ms")
    axes.set_title("As the picture grows")
    axes.legend()


def _clients(key: str, scale: float, label: str) -> Callable[[Axes, Figures], None]:
    def draw(axes: Axes, clients: Figures) -> None:
        for who, colour in (("ours", OURS), ("aiortc", OTHERS)):
            seen = [each for each in clients[who] if each[key] is not None]
            axes.plot([each["clients"] for each in seen], [scale * each[key] for each in seen], "o-", color=colour,
                      label=who)
        axes.set_ylim(bottom=0)
        axes.set_xlabel("clients at 640x480@30")
        axes.set_ylabel(label)
        axes.set_title("As clients grow")
        axes.legend()
    return draw


def _micro(axes: Axes, times: Figures) -> None:
    """A line a benchmark, by the size of the picture."""
    by_name: dict[str, list[tuple[float, float]]] = {}
    for name, each in times.items():
        what, width, height = name.rsplit("/", 2)
        if not width.isdigit():
            continue  # of no picture
        by_name.setdefault(what, []).append((int(width) * int(height) / 1e6, median(each) or 0))
    axes.set_prop_cycle(color=matplotlib.colormaps["tab20"].colors)  # one each
    for what, points in sorted(by_name.items()):
        axes.plot(*zip(*sorted(points)), "o-", label=what)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("megapixels")
    axes.set_ylabel("us a frame")
    axes.set_title("Micro")
    axes.legend(fontsize=6, loc="center left", bbox_to_anchor=(1, 0.5))


def _soak(axes: Axes, moments: list[Figures]) -> None:
    minutes = [moment["seconds"] / 60 for moment in moments]
    for name in moments[-1]["rss_mib"]:
        axes.plot(minutes, [moment["rss_mib"].get(name) for moment in moments], label=name)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("minutes")
    axes.set_ylabel("resident, MiB")
    axes.set_title("As time goes on")
    axes.legend()


PLOTS: dict[str, tuple[str, Callable[[Axes, Any], None]]] = {
    "micro": ("micro_us", _micro), "latency": ("loop", _latency), "stages": ("stages_ms", _stages),
    "growth": ("growth", _growth), "clients_cpu": ("clients", _clients("server_cpu", 100, "server CPU, % of a core")),
    "clients_rss": ("clients", _clients("server_rss_mib", 1, "server's peak RSS, MiB")), "soak": ("soak", _soak)}
