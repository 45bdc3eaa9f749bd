"""The one form of all benches: tables, targets and remarks, as Markdown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from bench.machine import Machine


@dataclass(frozen=True, slots=True)
class Table:
    """Cells are text; the first column is a name, the others are figures."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Target:
    """What was wanted and what came. `why` is for a target that was missed."""

    wanted: str
    got: str
    met: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One bench: how it was measured, its tables, its targets; `raw` is every single figure."""

    title: str
    method: str
    tables: Sequence[Table]
    targets: Sequence[Target] = ()
    remarks: Sequence[str] = ()
    raw: object = field(default=None, repr=False)


def markdown(sections: Iterable[Section], machine: Machine) -> str:
    """The whole report."""
    return "\n\n".join([_head(machine), *chain.from_iterable(map(_section, sections))]) + "\n"


def _head(machine: Machine) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in machine.versions.items())
    return (
        f"{machine.date}, {machine.system}; {machine.processor}, {machine.cores} cores, "
        f"{machine.memory_mb} MB; {machine.file_system}; load {machine.load:.1f} at the start. "
        f"{versions}."
    )


def _section(section: Section) -> Iterable[str]:
    yield f"## {section.title}"
    yield section.method
    yield from map(_table, section.tables)
    if section.targets:
        yield "\n".join(map(_target, section.targets))
    if section.remarks:
        yield "\n".join(f"- {remark}" for remark in section.remarks)


def _table(table: Table) -> str:
    rows = [table.columns, *table.rows]
    widths = [max(len(row[place]) for row in rows) for place in range(len(table.columns))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(_line(row, widths) for row in (table.columns, rule, *table.rows))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    name, *figures = cells
    padded = [f.rjust(width) for f, width in zip(figures, widths[1:], strict=True)]
    return f"| {' | '.join([name.ljust(widths[0]), *padded])} |"


def _target(target: Target) -> str:
    verdict = "met" if target.met else "**missed**"
    why = f" {target.why}" if target.why and not target.met else ""
    return f"- Target {target.wanted}: {target.got}, {verdict}.{why}"
