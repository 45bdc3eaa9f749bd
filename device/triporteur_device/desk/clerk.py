"""What each verb of the desk does, in the agent's thread."""

from collections.abc import Callable
from typing import assert_never

from triporteur_device.departure import Outings
from triporteur_wire.desk import Asked, Done, ForgetOuting, PhoneCharging, PlanOuting, Refused, Told

_NO_PHONES = "Rien à bord ne commande les prises pour téléphones."
_LOW = "La batterie est trop basse, ou sa charge inconnue\u202f: les prises restent coupées."


class Clerk:
    """Answers what is asked. `supply_phones` switches the phones' supply, and says whether it is
    on now; None where there is none. `utc_ms` gives the time, None while it is not known."""

    def __init__(
        self,
        outings: Outings,
        supply_phones: Callable[[bool], bool | None],
        utc_ms: Callable[[], int | None],
    ) -> None:
        self._outings = outings
        self._supply_phones = supply_phones
        self._utc_ms = utc_ms

    def serve(self, asked: Asked) -> Told:
        """Does it, or says in French why not."""
        match asked:
            case PlanOuting():
                sentence = self._outings.enter(asked.day, asked.outing, self._utc_ms())
            case ForgetOuting():
                sentence = ""
                self._outings.forget(asked.day, self._utc_ms())
            case PhoneCharging():
                sentence = self._switch(on=asked.on)
            case _:
                assert_never(asked)
        return Refused(sentence) if sentence else Done()

    def _switch(self, *, on: bool) -> str:
        supplied = self._supply_phones(on)
        if supplied is None:
            return _NO_PHONES
        return _LOW if on and not supplied else ""
