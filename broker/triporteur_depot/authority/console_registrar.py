"""Who gets a certificate for its console: a unit that proves who it is, for its own names alone.

The broker has made sure from which unit a question comes; the unit's own certificate signs it.
"""

import logging
import sqlite3
from collections.abc import Callable, Collection
from contextlib import closing
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.serialization import Encoding

from triporteur_depot.authority import consoles
from triporteur_depot.authority.barred import barred
from triporteur_depot.authority.certificates import of_console
from triporteur_depot.authority.consoles import Console
from triporteur_depot.authority.known import recall
from triporteur_depot.authority.possession import NotProven, check
from triporteur_depot.authority.signing_requests import (
    AskedForConsole,
    Unacceptable,
    key_sha256,
    read_console,
)
from triporteur_depot.authority.trusted import trusted
from triporteur_depot.authority.vault import Vault
from triporteur_depot.database import transaction
from triporteur_wire.requests import Certified, ConsoleRequest, Refused

_log = logging.getLogger(__name__)

_DAY_MS = timedelta(days=1) // timedelta(milliseconds=1)
#: An honest console asks twice a year, and when its operator tries names.
_MOST_A_DAY = 10


class ConsoleRegistrar:
    """Answers one question at a time. `domains` are those in which consoles may have names."""

    def __init__(
        self,
        vault: Vault,
        database: Callable[[], sqlite3.Connection],
        now_ms: Callable[[], int],
        domains: Collection[str],
        brokers: Collection[str],
    ) -> None:
        self._vault = vault
        self._database = database
        self._now_ms = now_ms
        self._domains = domains
        self._brokers = brokers

    def answer(self, unit: str, question: ConsoleRequest) -> Certified | Refused:
        """Raises sqlite3.Error, OSError or Damaged: then nothing was certified."""
        try:
            self._check(unit, question)
            console = self._certified(unit, question.csr)
        except (Unacceptable, NotProven) as refusal:
            _log.warning("%s asked for its console and was refused: %s", unit, refusal)
            return Refused(question.nonce, str(refusal))
        return Certified(question.nonce, console.pem, trusted(self._vault.directory))

    def _check(self, unit: str, question: ConsoleRequest) -> None:
        if unit in barred(self._vault.directory):
            raise NotProven(f"{unit} was shut out.")
        count = {each.id for each in self._vault.authorities()}
        with closing(self._database()) as connection:
            with transaction(connection):
                recall(self._vault, connection, self._now_ms())
            check(connection, unit, question, count, self._now_ms())

    def _certified(self, unit: str, csr: str) -> Console:
        asked = read_console(csr)
        self._check_names(unit, asked.names)
        before = consoles.find(self._vault.directory, unit)
        if before and self._is_the_answer(before, asked):
            return before
        given = [each for each in before.given_utc_ms if self._is_of_today(each)] if before else []
        if len(given) >= _MOST_A_DAY:
            raise Unacceptable(f"{unit} was given {_MOST_A_DAY} certificates today. Ask tomorrow.")
        console = self._made(asked, csr, given)
        consoles.note(self._vault.directory, unit, console)
        _log.info("%s has a certificate for %s", unit, ", ".join(asked.names))
        return console

    def _check_names(self, unit: str, names: Collection[str]) -> None:
        may = consoles.allowed(unit, self._domains, self._brokers)
        if wrong := [name for name in names if name not in may]:
            raise Unacceptable(
                f"{unit} asks for {wrong[0][:100]!r}; its console may be called: "
                f"{', '.join(may) or 'nothing'}. Other domains go into [authority] console_domains "
                "of depot.toml."
            )

    def _is_the_answer(self, before: Console, asked: AskedForConsole) -> bool:
        """Whether it was given within a day, for this: then the answer may have been lost."""
        return (
            before.key_sha256 == key_sha256(asked.key)
            and before.names == asked.names
            and before.authority == self._vault.authorities()[0].id
            and self._is_of_today(before.given_utc_ms[-1])
        )

    def _is_of_today(self, utc_ms: int) -> bool:
        return self._now_ms() - utc_ms < _DAY_MS

    def _made(self, asked: AskedForConsole, csr: str, given: list[int]) -> Console:
        signs, now_ms = self._vault.authorities()[0], self._now_ms()
        now = datetime.fromtimestamp(now_ms // 1000, UTC)
        made = of_console(signs, asked.key, asked.names, now)
        # With what leads to the older authority: phones may know that one alone.
        chain = [made, signs.cross] if signs.cross else [made]
        return Console(
            csr=csr,
            names=asked.names,
            key_sha256=key_sha256(asked.key),
            authority=signs.id,
            given_utc_ms=(*given, now_ms),
            pem="".join(each.public_bytes(Encoding.PEM).decode() for each in chain),
        )
