"""All that was measured of one day, and the two sections of the report that it makes."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.day.curve import Curve
from bench.day.life import Lived
from bench.day.relay import Counts
from bench.day.singles import Singles
from bench.figures import megabytes, whole
from bench.processes import Cost
from bench.report import Section, Table, Target
from bench.tracing import Asked

_TARGET_BYTES = 20_000_000
_NAIVE_SHARE, _WIRE_SHARE = 1 / 20, 1 / 5
_MONTH_DAYS = 30

_DISK = """\
A simulated day, ten hours out and fourteen at the depot with the charger plugged in; three
sources, once a second each while they speak, {samples} samples. It is lived by the real recorder,
agent, journal and publisher, with their defaults, on a clock that does not wait; a real depot
acknowledges each batch. The journal, of {budget_mb} MB, was full of acknowledged
records before, so that the day forgets as it goes. *MB written* is the kernel's `write_bytes` of
the unit's process, checkpoints and the index SQLite keeps beside the journal included (the kernel
writes that ten minutes after a change, by the unit's sysctl; so does the bench). *asked* is what
SQLite wrote, before rounding to pages of 4 kB; disk waits are fsync and fdatasync; both by strace.
*one commit a sample*: every sample a row and a commit of its own in the same journal, one sample
in {one_in}, scaled."""

_WIRE = """\
The same day, counted by a relay before the broker: MQTT packets both ways, PUBACKs and
acknowledgements included, without TLS. *full batches*: the day's records as a backlog travels.
*single JSON*: `{"ts":…,"source":…,"values":{…}}` at QoS 1 for each recorded sample, and for
every sample that was accepted."""


@dataclass(frozen=True, slots=True)
class Day:
    """`naive` is of one sample in `one_in`; bytes sent are TCP payload."""

    samples: int
    budget_mb: int
    lived: Lived
    asked: Asked | None
    curve: Curve
    sent: Counts
    backlog: Singles
    recorded: Singles
    accepted: Singles
    one_in: int
    naive: Cost
    naive_asked: Asked | None

    def sections(self) -> list[Section]:
        return [self._disk(), self._wire()]

    def _disk(self) -> Section:
        written, naive = self.lived.cost.written_bytes, self.naive.written_bytes * self.one_in
        curve = self.curve
        method = _DISK.format(
            samples=whole(self.samples), budget_mb=self.budget_mb, one_in=self.one_in
        )
        targets = [
            Target(
                "at most 20 MB a day",
                f"{megabytes(written)} MB in {whole(self.lived.commits)} commits",
                written <= _TARGET_BYTES,
                f"A commit costs {written / self.lived.commits / 1000:.1f} kB, however little is "
                "in it: only fewer or narrower commits would help.",
            ),
            Target(
                "at most 1/20 of one commit a sample",
                f"1/{naive / written:.0f}",
                written <= naive * _NAIVE_SHARE,
            ),
            Target(
                "the rebuilt curve within the dead-band at every accepted sample",
                f"{whole(curve.outside)} of {whole(curve.values)} values outside, "
                f"from {whole(curve.records)} records at the depot",
                curve.outside == 0,
            ),
        ]
        table, remarks = self._disk_table(), list(self._whereabouts())
        return Section("A day on the card", method, [table], targets, remarks, self)

    def _whereabouts(self) -> Iterator[str]:
        if self.asked:
            written, asked = self.lived.cost.written_bytes, sum(self.asked.written_bytes.values())
            yield (
                f"Where the {megabytes(written)} MB go: {megabytes(_log_bytes(self.asked))} to the "
                f"log, {megabytes(_page_bytes(self.asked))} to checkpoints, and "
                f"{megabytes(written - asked)} to rounding up to pages and to the index."
            )

    def _disk_table(self) -> Table:
        columns = (
            *("", "MB written", "disk waits", "asked, MB", "of it the log", "checkpoints"),
            *("CPU s", "peak MB"),
        )
        return Table(
            columns,
            [
                _disk_row("a day, as it is", self.lived.cost, self.asked, 1),
                _disk_row("one commit a sample", self.naive, self.naive_asked, self.one_in),
            ],
        )

    def _wire(self) -> Section:
        live = self.sent.both("journal", "ack") + self.sent.up.get("puback", 0)
        live += self.sent.down.get("puback", 0)
        status, count = self.sent.up["status"], self.sent.packets_up["status"]
        rows = [
            _wire_row("records, as they are committed", self._live_packets(), live, self),
            _wire_row("records, in full batches", *_told(self.backlog), self),
            _wire_row("single JSON, recorded samples", *_told(self.recorded), self),
            _wire_row("single JSON, accepted samples", *_told(self.accepted), self),
            ("status", whole(count), megabytes(status), megabytes(status * _MONTH_DAYS), "–"),
        ]
        columns = ("", "messages a day", "MB a day", "MB a month", "B a recorded sample")
        link = self.lived.link
        kernel = link.sent_bytes + link.received_bytes
        remarks = (
            f"A status is {status / count:.0f} B. As the kernel counts the whole connection, with "
            f"TCP and IP headers and without TLS: {megabytes(kernel)} MB a day, "
            f"{megabytes(kernel * _MONTH_DAYS)} MB a month, keepalive pings not included.",
        )
        targets = list(self._wire_targets(live))
        return Section(
            "A day on the wire", _WIRE, [Table(columns, rows)], targets, remarks, self.sent
        )

    def _live_packets(self) -> int:
        return self.sent.packets_up.get("journal", 0)

    def _wire_targets(self, live: int) -> Iterator[Target]:
        backlog, recorded = _told(self.backlog)[1], _told(self.recorded)[1]
        accepted = _told(self.accepted)[1]
        wanted = "at most 1/5 of single JSON messages of the same samples"
        yield _share(f"{wanted}, a backlog", backlog, recorded)
        yield _share(
            f"{wanted}, as they are committed",
            live,
            recorded,
            f"A batch holds {self.curve.records / self._live_packets():.1f} records on average "
            "and travels alone, with its topic, range, PUBACK and acknowledgement.",
        )
        yield _share(f"{wanted}, every sample that was accepted", live, accepted)


def _share(wanted: str, ours: int, theirs: int, why: str = "") -> Target:
    return Target(wanted, f"1/{theirs / ours:.1f}", ours <= theirs * _WIRE_SHARE, why)


def _told(singles: Singles) -> tuple[int, int]:
    return singles.messages, singles.sent_bytes + singles.received_bytes


def _wire_row(name: str, messages: int, count: int, day: Day) -> tuple[str, ...]:
    return (
        name,
        whole(messages),
        megabytes(count),
        megabytes(count * _MONTH_DAYS),
        f"{count / day.curve.records:.1f}",
    )


def _disk_row(name: str, cost: Cost, asked: Asked | None, scale: int) -> tuple[str, ...]:
    return (
        name,
        megabytes(cost.written_bytes * scale),
        *_asked_cells(asked, scale),
        f"{cost.cpu_s * scale:.0f}",
        megabytes(cost.peak_bytes),
    )


def _asked_cells(asked: Asked | None, scale: int) -> tuple[str, ...]:
    if asked is None:
        return "–", "–", "–", "–"
    return (
        whole(asked.syncs * scale),
        megabytes(sum(asked.written_bytes.values()) * scale),
        megabytes(_log_bytes(asked) * scale),
        megabytes(_page_bytes(asked) * scale),
    )


def _log_bytes(asked: Asked) -> int:
    return sum(count for name, count in asked.written_bytes.items() if name.endswith("-wal"))


def _page_bytes(asked: Asked) -> int:
    return sum(count for name, count in asked.written_bytes.items() if name.endswith(".journal"))
