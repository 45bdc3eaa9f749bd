"""What the unit makes of the depot's parcels: keeps the last good ones, says why not a later one.

The word of the depot is what the broker retains, whatever its revision: one lower than that in
use comes from a depot whose database was restored from an older copy, and counts. An empty
message means that nothing is set any more. It reaches only a unit that is connected just then, and
a depot sends it again until the unit's status names nothing of it.
"""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from triporteur_device.downlink.refusals import Refusals, revision_of
from triporteur_device.downlink.shelf import Shelf, same
from triporteur_device.downlink.verdict import read_verdict
from triporteur_wire.configuration import BadConfiguration
from triporteur_wire.parcels import Applied, Parcel, Settings, settings_of, unpack
from triporteur_wire.reading import Unreadable
from triporteur_wire.topics import Channel

_log = logging.getLogger(__name__)

_SETTINGS = str(Channel.SETTINGS)


class Downlink:
    """Everything that the depot gave this unit to keep, in `directory`.

    `check` raises BadConfiguration for settings that this unit cannot use. `verdicts` names, for
    each content that something aboard shows, the file in which that says what it made of it.
    `settings` are those that count.
    """

    def __init__(
        self,
        directory: Path,
        check: Callable[[Settings], object],
        verdicts: Mapping[str, Path],
    ) -> None:
        self._check = check
        self._verdicts = verdicts
        self._refusals = Refusals()
        self._kept = Shelf(directory / "settings.json")
        self._contents = {name: Shelf(directory / "content" / f"{name}.json") for name in verdicts}
        self._in_use: Parcel | None = None
        self.settings: Settings = {}
        self._take_up()

    @property
    def revision(self) -> int:
        """Of the settings that count; 0 while there are none."""
        return self._in_use.revision if self._in_use else 0

    def take(self, channel: Channel, name: str, payload: bytes) -> bool:
        """Takes a retained message of the depot, or says in `applied` why not.

        True when the agent should start again, for other settings count now.
        """
        before = self.settings
        if channel is Channel.SETTINGS:
            self._take_settings(payload)
        elif channel is Channel.CONTENT:
            self._take_content(name, payload)
        return self.settings != before

    def applied(self) -> dict[str, Applied]:
        """What became of the parcels, by channel; a channel without any is left out.

        A content is applied once the part that shows it has said so.
        """
        told = {_content(name): read_verdict(path) for name, path in self._verdicts.items()}
        if self._in_use:
            told[_SETTINGS] = Applied(self._in_use.revision, self._in_use.sha256)
        known = {channel: one for channel, one in told.items() if one and one != Applied()}
        return self._refusals.over(known)

    def _take_up(self) -> None:
        """Goes on with the settings that were good before, if they still fit `unit.toml`."""
        kept = self._kept.parcel
        if kept is None:
            return
        try:
            self.settings = self._usable(kept)
            self._in_use = kept
        except (Unreadable, BadConfiguration) as error:
            self._refusals.add(_SETTINGS, kept.revision, error)

    def _take_settings(self, payload: bytes) -> None:
        try:
            parcel = unpack(payload) if payload else None
            if not (parcel and same(parcel, self._in_use)):
                settings = self._usable(parcel)
                self._kept.put(payload, parcel)
                self.settings, self._in_use = settings, parcel
                _log.info("settings: %s", f"revision {self.revision} applied" if parcel else "none")
        except (Unreadable, BadConfiguration, OSError) as error:
            self._refusals.add(_SETTINGS, revision_of(payload), error)
        else:
            self._refusals.forget(_SETTINGS)

    def _usable(self, parcel: Parcel | None) -> Settings:
        """Raises Unreadable or BadConfiguration."""
        settings = settings_of(parcel) if parcel else {}
        self._check(settings)
        return settings

    def _take_content(self, name: str, payload: bytes) -> None:
        channel = _content(name)
        try:
            self._shelve(name, payload)
        except (Unreadable, OSError) as error:
            if name in self._contents or self._refusals.has_room(channel):
                self._refusals.add(channel, revision_of(payload), error)
        else:
            self._refusals.forget(channel)

    def _shelve(self, name: str, payload: bytes) -> None:
        """Raises Unreadable or OSError."""
        parcel = unpack(payload) if payload else None
        if name in self._contents:
            self._contents[name].put(payload, parcel)
        elif parcel:
            shown = ", ".join(sorted(self._contents)) or "none"
            raise Unreadable(f"nothing aboard shows {name}; expected one of: {shown}")


def _content(name: str) -> str:
    return f"{Channel.CONTENT}/{name}"
