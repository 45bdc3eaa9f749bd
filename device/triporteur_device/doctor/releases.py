"""Whether what runs is what is chosen, and whole; and what is installed."""

import platform
from importlib import metadata

from triporteur_device.updates.places import Places, version_of
from triporteur_device.updates.soundness import damaged
from triporteur_device.updates.state import read_state
from triporteur_wire.findings import Answer, attention, well, wrong
from triporteur_wire.messages import Status


def version(status: Status | None, places: Places) -> Answer:
    """Whose doctor this is does not matter: the package's may look at a later release. OSError."""
    installed = metadata.version("triporteur")
    chosen = version_of(places.link) if places.link.is_symlink() else installed
    if status and status.version != chosen:
        return attention(
            f"{chosen} is to run, and {status.version} does: systemctl restart triporteur.target"
        )
    return well(f"triporteur {installed}, Python {platform.python_version()}, {platform.release()}")


def release(places: Places) -> Answer:
    """Of what was chosen in the place of the package's own. Raises OSError."""
    if not places.link.is_symlink():
        return well("no package was installed here: nothing is chosen")
    runs, given_up = places.link.readlink(), read_state(places.state).damaged
    if runs == places.factory:
        if given_up:
            return attention(
                f"the package's own release runs, for the card damaged {given_up}: give it again, "
                "and look at the card"
            )
        return well("the package's own release runs")
    if lost := damaged(runs):
        return wrong(
            f"the card damaged {', '.join(lost)} of {runs.name}: restart the unit, which then "
            "runs the package's own release; look at the card, and give it the release again"
        )
    return well(f"{runs.name} runs, and is as it was signed")
