"""Pages for when there is no page: in French, told once in the log for each cause."""

import logging
import sqlite3
import traceback
from threading import Lock

from flask import Flask, render_template
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

_log = logging.getLogger(__name__)

_WORDS = {
    404: (
        "Rien à cette adresse",
        "Cette unité n’a jamais parlé à ce dépôt, ou ce jour n’est pas dans son passé.",
    ),
    405: ("Cela ne se fait pas ici", "Ces pages se lisent seulement."),
    421: (
        "Ce dépôt ne répond pas à ce nom",
        "Ouvrez-le sur sa propre machine, à l’adresse 127.0.0.1 ou localhost.",
    ),
    500: (
        "Cette page a échoué",
        "La faute est du côté du dépôt, qui l’a notée dans son journal.",
    ),
    503: (
        "Le dépôt ne peut pas lire ses données",
        "Cette page revient d’elle-même. Si cela dure, voyez le journal du dépôt.",
    ),
}
_OTHER = ("Demande refusée", "Ce dépôt ne comprend pas ce qui lui est demandé.")

Answer = tuple[str, int]


class Sorry:
    """Knows which causes were logged already."""

    def __init__(self) -> None:
        self._known: set[tuple[str, str]] = set()
        self._is_out = False
        self._lock = Lock()

    def handle(self, app: Flask) -> None:
        app.register_error_handler(HTTPException, _refused)
        app.register_error_handler(sqlite3.Error, self._no_database)
        app.register_error_handler(Exception, self._failed)

    def database_is_read(self) -> None:
        """Ends an outage, if there was one."""
        with self._lock:
            was_out, self._is_out = self._is_out, False
        if was_out:
            _log.info("the database can be read again")

    def _no_database(self, error: Exception) -> Answer:
        with self._lock:
            was_out, self._is_out = self._is_out, True
        if not was_out:
            _log.error("the database cannot be read: %s", error)
        return page(503)

    def _failed(self, error: Exception) -> Answer:
        place = traceback.extract_tb(error.__traceback__)[-1]
        cause = type(error).__name__, f"{place.filename}:{place.lineno}"
        with self._lock:
            is_new = cause not in self._known
            self._known.add(cause)
        if is_new:
            _log.error("a page failed; told once", exc_info=error)
        return page(500)


def page(status: int) -> Answer:
    title, text = _WORDS.get(status, _OTHER)
    return render_template("sorry.html", title=title, text=text, status=status), status


def _refused(error: HTTPException) -> Response:
    response = error.get_response()  # with the headers that belong to it
    assert isinstance(response, Response)
    response.set_data(page(error.code or 500)[0])
    response.mimetype = "text/html"
    return response
