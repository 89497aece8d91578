"""Taking the time, and showing what was found as a table or as JSON."""

import argparse
import json
import os
import platform
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

WARM_UPS = 3


@dataclass(frozen=True, slots=True)
class Limit:
    """What bounds a figure, in the same unit: `value` of something that does less."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Times:
    """What repeating an act took: the median, and the fastest, which other work disturbs least."""

    median: float
    fastest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        """Sum up what was measured, in its own unit."""
        return cls(statistics.median(values), min(values))


def processor_ms(pid: int) -> float:
    """Return how long a process has computed since it began, as Linux counts it: in steps of 10."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])  # user and system time, proc(5)
    return 1_000 * ticks / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Figure:
    """Something measured. `aim` is the most that it should be, None where there is none."""

    name: str
    value: float
    unit: str
    fastest: float | None = None
    aim: float | None = None
    limits: tuple[Limit, ...] = ()

    @classmethod
    def of(
        cls,
        name: str,
        times: Times,
        unit: str = "ms",
        *,
        aim: float | None = None,
        limits: tuple[Limit, ...] = (),
    ) -> Self:
        """Make the figure of something that was repeated."""
        return cls(name, times.median, unit, times.fastest, aim, limits)


def milliseconds(act: Callable[[], object], repeats: int) -> Times:
    """Return the times of an act in milliseconds, after a few that do not count."""
    for _ in range(WARM_UPS):
        act()
    return Times.of([once_ms(act) for _ in range(repeats)])


def once_ms(act: Callable[[], object]) -> float:
    """Return the time of one act in milliseconds."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1_000


def show(title: str, figures: Sequence[Figure]) -> None:
    """Print a table; with `--json FILE` on the command line write JSON instead, `-` for stdout."""
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("--json", metavar="FILE", help="write JSON there, - for stdout")
    target = parser.parse_args().json
    if target is None:
        print(f"{title}\n{_machine()}\n")
        print(_table(figures))
        return
    written = json.dumps(
        {"machine": _machine(), "figures": [asdict(figure) for figure in figures]}, indent=1
    )
    if target == "-":
        sys.stdout.write(f"{written}\n")
    else:
        Path(target).write_text(f"{written}\n", encoding="utf-8")


def _machine() -> str:
    return (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}"
    )


def _table(figures: Sequence[Figure]) -> str:
    lines: list[tuple[str, ...]] = [("", "median", "fastest", "aim", "beside what bounds it")]
    for figure in figures:
        values = (figure.value, figure.fastest, figure.aim)
        cells = ("" if value is None else _written(value, figure.unit) for value in values)
        limits = "; ".join(
            f"{limit.name} {_written(limit.value, figure.unit)}, {figure.value / limit.value:.1f} x"
            for limit in figure.limits
        )
        lines.append((figure.name, *cells, limits))
    widths = [max(len(line[place]) for line in lines) for place in range(4)]
    return "\n".join(
        f"{name:{widths[0]}}  {median:>{widths[1]}}  {fastest:>{widths[2]}}  {aim:>{widths[3]}}"
        f"  {limits}".rstrip()
        for name, median, fastest, aim, limits in lines
    )


def _written(value: float, unit: str) -> str:
    digits = 2 if value < 1 else 1 if value < 100 else 0  # noqa: PLR2004  (three digits or so)
    return f"{value:,.{digits}f} {unit}"
