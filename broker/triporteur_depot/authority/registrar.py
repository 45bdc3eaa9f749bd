"""Who gets a certificate: a newcomer with a bundle, once, and a unit that has one already.

The broker has made sure who asks: only `enrol-<id>` with its bundle's secret, only a unit with its
certificate, reaches its own topic. What is asked may be anything.
"""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from triporteur_depot.authority import bundles, issued
from triporteur_depot.authority.barred import barred
from triporteur_depot.authority.certificates import of_unit
from triporteur_depot.authority.issued import Issued
from triporteur_depot.authority.known import note, recall
from triporteur_depot.authority.possession import NotProven, check
from triporteur_depot.authority.signing_requests import Asked, Unacceptable, read
from triporteur_depot.authority.trusted import trusted
from triporteur_depot.authority.vault import Vault
from triporteur_depot.database import transaction
from triporteur_wire.enrolment import NEWCOMER, may_name_a_unit
from triporteur_wire.requests import CertificateRequest, Certified, Refused

_log = logging.getLogger(__name__)

_DAY_MS = timedelta(days=1) // timedelta(milliseconds=1)
#: An honest unit asks once in half a year, or when authorities change.
_MOST_A_DAY = 10
_REPLACE = "At the depot: triporteur-depot replace {unit} --out FILE."
_NEW_BUNDLE = "At the depot, make a new one: triporteur-depot enrol {unit} --out FILE."


class _Refusal(Exception):
    """The sentence that the asker gets."""


class Registrar:
    """Answers one question at a time. The database is opened for each."""

    def __init__(
        self,
        vault: Vault,
        database: Callable[[], sqlite3.Connection],
        now_ms: Callable[[], int],
    ) -> None:
        self._vault = vault
        self._database = database
        self._now_ms = now_ms

    def answer(self, asker: str, question: CertificateRequest) -> Certified | Refused:
        """Raises sqlite3.Error, OSError or Damaged: then nothing was certified."""
        with closing(self._database()) as connection:
            try:
                with transaction(connection):
                    recall(self._vault, connection, self._now_ms())
                    one = self._certified(connection, asker, question)
            except (Unacceptable, NotProven, _Refusal) as refusal:
                _log.warning("%s asked for a certificate and was refused: %s", asker, refusal)
                return Refused(question.nonce, str(refusal))
        return Certified(question.nonce, one.pem, trusted(self._vault.directory))

    def _certified(
        self, connection: sqlite3.Connection, asker: str, question: CertificateRequest
    ) -> Issued:
        asked = read(question.csr)
        if asker.startswith(NEWCOMER):
            bundle = self._bundle(connection, asker, asked)
            unit, before = bundle.unit, issued.of_bundle(connection, bundle.id)
        else:
            bundle, unit, before = None, asker, issued.latest(connection, asker)
        if asked.name != unit:
            raise _Refusal(f"The request is for {asked.name!r} and comes from {unit!r}.")
        self._check_name(unit)
        if bundle is None:
            self._check_possession(connection, unit, question)
        if before and self._is_the_answer(before, asked):
            return before
        if bundle:
            self._check_bundle(bundle, before)
        return self._issue(connection, unit, asked, bundle.id if bundle else None)

    def _bundle(self, connection: sqlite3.Connection, login: str, asked: Asked) -> bundles.Made:
        bundle = bundles.find(connection, login)
        if bundle is None:
            unknown = "The depot does not know this bundle. "
            raise _Refusal(unknown + _NEW_BUNDLE.format(unit=asked.name))
        return bundle

    def _check_name(self, unit: str) -> None:
        if not may_name_a_unit(unit):
            raise _Refusal(f"{unit!r} cannot name a unit.")
        if unit in barred(self._vault.directory):
            raise _Refusal(f"{unit} was shut out. {_REPLACE.format(unit=unit)}")

    def _check_possession(
        self, connection: sqlite3.Connection, unit: str, question: CertificateRequest
    ) -> None:
        count = {each.id for each in self._vault.authorities()}
        check(connection, unit, question, count, self._now_ms())

    def _check_bundle(self, bundle: bundles.Made, before: Issued | None) -> None:
        if before is not None:
            another = f"For another card of {bundle.unit}, at the depot: "
            again = f"triporteur-depot replace {bundle.unit} --out FILE."
            raise _Refusal(f"This bundle was used already. {another}{again}")
        if bundle.withdrawn_utc_ms is not None:
            what = "This bundle was withdrawn"
        elif bundle.expires_utc_ms <= self._now_ms():
            what = f"This bundle expired on {_date(bundle.expires_utc_ms)}"
        else:
            return
        raise _Refusal(f"{what}. {_NEW_BUNDLE.format(unit=bundle.unit)}")

    def _is_the_answer(self, before: Issued, asked: Asked) -> bool:
        """Whether it was given within a day, for this key: then the answer may have been lost."""
        signs = self._vault.authorities()[0]
        return (
            before.key_sha256 == asked.key_sha256
            and before.authority == signs.id
            and before.revoked_utc_ms is None
            and self._now_ms() - before.issued_utc_ms < _DAY_MS
        )

    def _issue(
        self, connection: sqlite3.Connection, unit: str, asked: Asked, bundle_id: str | None
    ) -> Issued:
        now_ms = self._now_ms()
        if issued.count_since(connection, unit, now_ms - _DAY_MS) >= _MOST_A_DAY:
            raise _Refusal(f"{unit} was given {_MOST_A_DAY} certificates today. Ask tomorrow.")
        one = certify(self._vault, unit, asked, bundle_id, now_ms)
        note(self._vault, connection, one)
        _log.info("%s has a certificate until %s", unit, _date(one.expires_utc_ms))
        return one


def certify(vault: Vault, unit: str, asked: Asked, bundle_id: str | None, now_ms: int) -> Issued:
    """A certificate, which nobody has noted yet. Raises OSError or Damaged."""
    signs = vault.authorities()[0]
    made = of_unit(signs, asked.key, unit, datetime.fromtimestamp(now_ms // 1000, UTC))
    # With what leads to the older authority: a broker that knows that one alone takes it too.
    chain = [made, signs.cross] if signs.cross else [made]
    return Issued(
        serial=f"{made.serial_number:x}",
        unit=unit,
        authority=signs.id,
        key_sha256=asked.key_sha256,
        bundle_id=bundle_id,
        issued_utc_ms=now_ms,
        expires_utc_ms=int(made.not_valid_after_utc.timestamp()) * 1000,
        pem="".join(map(_pem, chain)),
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def _date(utc_ms: int) -> str:
    return f"{datetime.fromtimestamp(utc_ms / 1000, UTC):%Y-%m-%d}"
