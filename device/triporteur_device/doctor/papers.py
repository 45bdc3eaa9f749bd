"""Who the unit is to the depot: key, certificate and bundle, as they lie in their folder."""

from pathlib import Path

from triporteur_device.config import DeviceConfig
from triporteur_device.doctor.bedside import Acting
from triporteur_device.files import read_guest
from triporteur_device.identity.bundle import day
from triporteur_device.identity.papers import BadPapers, Papers
from triporteur_device.identity.store import Store
from triporteur_device.snapshot import TROUBLE_NAME
from triporteur_wire.findings import Answer, attention, well, wrong

_LONGEST_TROUBLE = 1_000
_ENDS_SOON_MS = 60 * 86_400_000
_NEW_BUNDLE = "at the depot: triporteur-depot {verb} {unit}; here: triporteur-device enrol FILE"


def enrolment(config: DeviceConfig, utc_ms: int | None) -> Answer:
    """The certificate: there, ours, and in its dates as far as `utc_ms` tells."""
    if not config.mqtt.tls:
        return attention("[mqtt] tls = false: this unit speaks in plain, and needs no certificate")
    store, unit = Store(Path(config.identity.directory)), config.unit.name
    generation = store.generation()
    if generation is None:
        return _without(config, store)
    try:
        papers = store.read(generation)
    except BadPapers as error:
        return wrong(f"damaged ({error}); {_NEW_BUNDLE.format(verb='replace', unit=unit)}")
    if papers.unit != unit:
        return wrong(
            f"the certificate is of {papers.unit!r}, and unit.toml names this unit {unit!r}: "
            f"correct the name, or {_NEW_BUNDLE.format(verb='replace', unit=unit)}"
        )
    return _dated(papers, utc_ms)


def key(config: DeviceConfig, agent: Acting) -> Answer:
    """Whether the agent, and nobody else, can read what lies in the folder."""
    store = Store(Path(config.identity.directory))
    if not store.directory.is_dir():
        return well(f"{store.directory} is not there yet; the agent makes it")
    opened = store.open_to_others()
    if opened:
        return wrong(
            f"others than {agent.name} can read {opened[0]}: restart the agent, which closes it; "
            "if this unit is not yours alone, replace it at the depot"
        )
    owner = store.directory.stat().st_uid
    if agent.uid not in (0, owner):
        return wrong(
            f"{store.directory} is not {agent.name}'s, who could not read it: "
            f"chown -R {agent.name} {store.directory}"
        )
    return well(f"{store.directory} is closed to everybody but {agent.name}")


def _without(config: DeviceConfig, store: Store) -> Answer:
    unit = config.unit.name
    if store.bundle() is None:
        return wrong(f"not enrolled; {_NEW_BUNDLE.format(verb='enrol', unit=unit)}")
    trouble = _trouble(Path(config.snapshot.path).with_name(TROUBLE_NAME))
    return attention(f"a bundle waits to be used{trouble}")


def _trouble(path: Path) -> str:
    """What the agent left word of."""
    try:
        told = read_guest(path, _LONGEST_TROUBLE).decode(errors="replace")
    except FileNotFoundError:
        return ": the agent takes it to the depot as soon as there is a network"
    return f"; the agent says: {told}" if told else ""


def _dated(papers: Papers, utc_ms: int | None) -> Answer:
    until = day(papers.until_utc_ms)
    if utc_ms is None:
        return well(f"there is a certificate until {until}; what day it is, nobody knows")
    left_ms = papers.until_utc_ms - utc_ms
    if left_ms <= 0:
        again = _NEW_BUNDLE.format(verb="replace", unit=papers.unit)
        return wrong(f"the certificate ended on {until}; {again}")
    if left_ms < _ENDS_SOON_MS:
        return attention(
            f"the certificate ends on {until}: leave the unit on where it has a network, for a "
            "quarter of an hour; it asks for another by itself"
        )
    return well(f"there is a certificate until {until}")
