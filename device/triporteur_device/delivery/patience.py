"""How long a unit stays away from the broker between two attempts.

paho's delay doubles with each attempt, from the soonest to the longest that it is given.
"""

import random
import time

import paho.mqtt.client as mqtt

_SOONEST_S = 5
_LONGEST_S = 30
#: Where there is no network an attempt is free; where somebody shuts us out it costs a handshake,
#: some 3 kB of 4G. New papers open a new connection, whatever the delay.
_LONGEST_SHUT_OUT_S = 600
#: So many connections in a row, each taken and soon ended without a word, are a quarrel over our
#: name. Both would throw each other off for ever: who was thrown off lets the other speak.
_CUT_SHORT, _SHORT_S = 3, 60
_YIELD_S = 60


class Patience:
    """Sets the delay of a client. Used in paho's thread."""

    def __init__(self, client: mqtt.Client) -> None:
        self._client = client
        self._is_shut_out = False
        self._let_in_s = 0.0
        self._cut_short = 0
        self._set_pace()

    def let_in(self) -> None:
        """The broker took the connection."""
        self._let_in_s = time.monotonic()
        self._set_pace()

    def shut_out(self) -> None:
        """The broker refused the connection, or could not show that it is ours."""
        if not self._is_shut_out:  # for paho begins again at the soonest
            self._is_shut_out = True
            self._client.reconnect_delay_set(self._soonest_s, _LONGEST_SHUT_OUT_S)

    def away(self) -> None:
        """There was nobody: in a quarrel the broker is always there."""
        self._cut_short = 0

    def is_quarrel(self, *, wordless: bool) -> bool:
        """Whether a connection that ended now was one too many to end by chance."""
        short = time.monotonic() - self._let_in_s < _SHORT_S
        self._cut_short = self._cut_short + 1 if wordless and short else 0
        return self._cut_short >= _CUT_SHORT

    def give_way(self) -> int:
        """Stays away for the seconds that it returns, and longer each time."""
        yield_s = random.randint(_YIELD_S, 2 * _YIELD_S)  # noqa: S311
        self._client.reconnect_delay_set(yield_s, 2 * _YIELD_S)
        return yield_s

    def _set_pace(self) -> None:
        # Drawn by lot, so that a fleet does not come back in one instant after a broker's restart.
        self._soonest_s = random.randint(1, _SOONEST_S)  # noqa: S311
        self._is_shut_out = False
        self._client.reconnect_delay_set(self._soonest_s, _LONGEST_S)
