"""`triporteur-depot rollover`: new keys for the broker, or for the authority, without a journey."""

import argparse

from triporteur_depot.asked import AskedWrongly
from triporteur_depot.authority import issued
from triporteur_depot.authority.office import Office, office
from triporteur_depot.config import DepotConfig


def rollover(config: DepotConfig, asked: argparse.Namespace) -> int:
    """Without an option: a new key and certificate for the broker. Raises AskedWrongly."""
    if asked.force and not asked.forget_old:
        raise AskedWrongly("--force goes with --forget-old")
    with office(config) as here:
        if asked.authority:
            done = _succeed(here)
        elif asked.forget_old:
            done = _forget(here, force=asked.force)
        else:
            here.vault.broker_pem(config.authority.names, here.now, anew=True)
            done = "The broker has a new key and certificate, by the same authority."
        print(done)
        print(here.tell_broker())
    return 0


def _succeed(here: Office) -> str:
    if len(here.vault.authorities()) > 1:
        raise AskedWrongly(
            "two authorities are trusted now; first: triporteur-depot rollover --forget-old"
        )
    here.vault.succeed(here.now)
    return (
        "A new authority signs, and the old one vouches for it: every unit is let in as before, "
        "and asks for a new certificate when it is next connected. When all have: "
        "triporteur-depot rollover --forget-old"
    )


def _forget(here: Office, *, force: bool) -> str:
    _, *older = here.vault.authorities()
    if not older and not here.vault.left_over():
        raise AskedWrongly("one authority is trusted, there is no older one to forget")
    left = [
        unit for each in older for unit in issued.holders(here.connection, each.id, here.now_ms)
    ]
    if left and not force:
        raise AskedWrongly(
            f"these units still hold a certificate by the old authority: {', '.join(left)}; wait "
            "until they were connected, or shut them out with --force"
        )
    here.vault.forget_older()
    if left:
        return f"The old authority is forgotten. Shut out, to be replaced: {', '.join(left)}."
    return "The old authority is forgotten."
