# SPDX-License-Identifier: LGPL-2.1-or-later
"""The table: what was measured, against what, and whether that is what it must be.

A row has a value for each repetition, of ours and of what it is compared with. Its targets bind the value, or the
ratio, of the medians. A verdict is
  met, missed    what the medians say
  too noisy      other processes took over OTHER_LIMIT of the machine and that may be why, or the repetitions are
                 further apart than SPREAD_LIMIT and do not all say the same; or a limit on the slowest frames, or
                 on the rate that loses none, is missed on a machine whose own tail is over TAIL_LIMIT; what the
                 medians say stands behind it
  not measured   nothing was, and the row says why
"""
from __future__ import annotations

import dataclasses
import enum
from typing import Any, Sequence

from measure.estimates import median, spread

# Half the range of the repetitions, in the median: repetitions that a quiet machine gives are within a tenth.
SPREAD_LIMIT = 0.25
# What the slowest hundredth of one and the same piece of work may take, in medians, where a hundredth decides. What
# must stay below 16 ms in 99 frames of 100, and 9.5 in the median, has 1.7 times that.
TAIL_LIMIT = 2.0
# What others may take of all processors together, stolen time included.
OTHER_LIMIT = 0.10


class Ratio(enum.Enum):
    """How a row compares: as its last column says it."""
    TIMES_LESS = "reference / measured"
    TIMES_MORE = "measured / reference"


class Verdict(enum.Enum):
    MET = "met"
    MISSED = "missed"
    NOISY = "too noisy"
    NOT_MEASURED = "not measured"
    TOLD = ""  # nothing was asked


@dataclasses.dataclass(frozen=True)
class Target:
    """A limit on the value in the row's unit, or on its ratio."""
    limit: float
    at_most: bool
    of_ratio: bool = False

    def holds(self, value: float) -> bool:
        return value <= self.limit if self.at_most else value >= self.limit

    def __str__(self) -> str:
        return ("<= " if self.at_most else ">= ") + number(self.limit) + (" x" if self.of_ratio else "")


def at_most(limit: float) -> Target:
    return Target(limit, True)


def at_least(limit: float) -> Target:
    return Target(limit, False)


def ratio_at_most(limit: float) -> Target:
    return Target(limit, True, True)


def ratio_at_least(limit: float) -> Target:
    return Target(limit, False, True)


@dataclasses.dataclass
class Row:
    """One line; `measured` and `reference` hold a value a repetition, in `unit`."""
    what: str
    unit: str
    measured: Sequence[float]
    reference: Sequence[float] = ()
    against: str = ""
    ratio_is: Ratio = Ratio.TIMES_LESS
    targets: tuple[Target, ...] = ()
    other: float = 0.0  # share of the machine that others took meanwhile; 0 where that cannot matter
    note: str = ""
    tail: float = 1.0  # p99 of one and the same piece of work, in medians; 1 where the machine's own cannot matter

    def ratio(self) -> float | None:
        """Of the medians."""
        return self._ratio_of(median(self.measured), median(self.reference))

    def verdict(self) -> Verdict:
        if not self.targets:
            return Verdict.TOLD
        said = self.medians_say()
        if said is Verdict.NOT_MEASURED:
            return said
        return Verdict.NOISY if self._noisy(said) else said

    def medians_say(self) -> Verdict:
        """The verdict, were it not for noise."""
        return self._judged(median(self.measured), median(self.reference))

    def _noisy(self, said: Verdict) -> bool:
        if self.other > OTHER_LIMIT and (said is Verdict.MISSED or self._binds_ratio()):
            return True
        if self.tail > TAIL_LIMIT and said is Verdict.MISSED:
            return True
        apart = max(spread(self.measured), spread(self.reference))
        return apart > SPREAD_LIMIT and any(self._judged(*pair) is not said for pair in self._extremes())

    def _binds_ratio(self) -> bool:
        """Others can only worsen a value: one that is within its limit all the same stands. A ratio has two sides."""
        return any(target.of_ratio for target in self.targets)

    def _extremes(self) -> list[tuple[float | None, float | None]]:
        """Each repetition against the other side's median, worst and best included."""
        middle, reference = median(self.measured), median(self.reference)
        return [(value, reference) for value in self.measured] + [(middle, value) for value in self.reference]

    def _judged(self, value: float | None, reference: float | None) -> Verdict:
        for target in self.targets:
            number_ = self._ratio_of(value, reference) if target.of_ratio else value
            if number_ is None:
                return Verdict.NOT_MEASURED
            if not target.holds(number_):
                return Verdict.MISSED
        return Verdict.MET

    def _ratio_of(self, value: float | None, reference: float | None) -> float | None:
        if value is None or reference is None:
            return None
        above, below = (reference, value) if self.ratio_is is Ratio.TIMES_LESS else (value, reference)
        return above / below if below else None

    def as_json(self) -> dict[str, Any]:
        return {"what": self.what, "unit": self.unit, "measured": median(self.measured),
                "measured_each": list(self.measured), "measured_spread": _finite(spread(self.measured)),
                "reference": median(self.reference), "reference_each": list(self.reference),
                "against": self.against, "ratio": self.ratio(), "ratio_is": self.ratio_is.value,
                "targets": [str(target) for target in self.targets], "verdict": self.verdict().value,
                "medians_say": self.medians_say().value if self.targets else "",
                "other_processes": self.other, "tail": self.tail, "note": self.note}


def _finite(value: float) -> float | None:
    return value if value < float("inf") else None


def number(value: float | None) -> str:
    """With three digits that mean something: 0.0123, 1.23, 12.3, 123, 1234."""
    if value is None:
        return "-"
    if value == 0:
        return "0"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def _with_spread(values: Sequence[float], unit: str) -> str:
    if not values:
        return "-"
    apart = f" +-{100 * spread(values):.0f}%" if len(values) > 1 and median(values) else ""
    return f"{number(median(values))} {unit}".rstrip() + apart


def _verdict_text(row: Row) -> str:
    verdict = row.verdict()
    if verdict is Verdict.NOISY:
        return f"{verdict.value} ({row.medians_say().value})"
    return verdict.value


HEADINGS = ("what", "measured", "against", "reference", "ratio", "target", "others", "verdict")
LEGEND = (f"measured, reference: median of the repetitions +- half their range; others: what other processes had of "
          f"the machine (over {OTHER_LIMIT:.0%}, or repetitions more than +-{SPREAD_LIMIT:.0%} apart: too noisy)")


def _cells(row: Row) -> tuple[str, ...]:
    ratio = row.ratio()
    return (row.what, _with_spread(row.measured, row.unit), row.against, _with_spread(row.reference, row.unit),
            "-" if ratio is None else f"{number(ratio)} x", ", ".join(map(str, row.targets)),
            f"{row.other:.0%}" if row.other else "-", _verdict_text(row))


def text(rows: Sequence[Row]) -> str:
    """The whole table; a row's note on a line of its own below it."""
    lines = [HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]

    def line_of(cells: Sequence[str]) -> str:
        return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip()
    result = [line_of(HEADINGS), "  ".join("-" * width for width in widths)]
    for row, cells in zip(rows, lines[1:]):
        result.append(line_of(cells))
        if row.note:
            result.append(f"    {row.note}")
    return "\n".join([*result, LEGEND])


def tally(rows: Sequence[Row]) -> str:
    """How many rows met what they must, in one line."""
    verdicts = [row.verdict() for row in rows if row.targets]
    counts = [f"{verdicts.count(verdict)} {verdict.value}" for verdict in
              (Verdict.MET, Verdict.MISSED, Verdict.NOISY, Verdict.NOT_MEASURED) if verdict in verdicts]
    return ", ".join(counts) or "nothing was asked"
