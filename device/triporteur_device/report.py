"""What the unit says of itself now, gathered from every part of the agent into one status."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from triporteur_device.anchors import AnchorKeeper
from triporteur_device.card import CardKeeper
from triporteur_device.config import UnitTable
from triporteur_device.delivery import Publisher
from triporteur_device.departure import Departure
from triporteur_device.downlink import Downlink
from triporteur_device.stuck import Heard, StuckWatch
from triporteur_device.updates.receiving import Receiver
from triporteur_wire.messages import Reading, Status


@dataclass(frozen=True, slots=True)
class Report:
    """The parts that a status speaks of, all of them the agent's."""

    unit: UnitTable
    version: str
    boot_no: int
    sources: Sequence[Heard]
    stuck: StuckWatch
    anchors: AnchorKeeper
    card: CardKeeper
    publisher: Publisher
    downlink: Downlink
    departure: Departure
    receiver: Receiver
    certified_until_utc_ms: Callable[[], int | None]

    def status(
        self, readings: dict[str, dict[str, Reading]], now_ms: int, period_s: float
    ) -> Status:
        """The status of this moment; `readings` are the fresh values by source."""
        utc_ms = self.anchors.utc_ms()
        sources = {source.name: self.stuck.judged(source) for source in self.sources}
        return Status(
            unit=self.unit.name,
            place=self.unit.place,
            version=self.version,
            boot_no=self.boot_no,
            mono_ms=now_ms,
            utc_ms=utc_ms,
            period_s=period_s,
            readings=readings,
            sources=sources,
            delivery=self.publisher.delivery(utc_ms, durable=self.card.durable),
            card=self.card.state(),
            link=self.publisher.link,
            applied=self.downlink.applied(),
            certified_until_utc_ms=self.certified_until_utc_ms(),
            readiness=self.departure.look(readings, sources, now_ms, utc_ms),
            plan=self.departure.plan(utc_ms),
            release=self.receiver.told,
        )
