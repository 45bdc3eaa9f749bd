"""Visitors who follow a link to a partner's site: led there, and counted as one opening of it.

Nothing else is known of them here: the partner's site learns no page of ours, and the count no
visitor.
"""

from collections.abc import Callable

from flask import Flask, Response, abort, redirect, request

from triporteur_kiosk.public.pages import Pages
from triporteur_kiosk.usage.counts import Counts
from triporteur_wire.usage import PARTNER

#: Before a partner's address, in the links of the pages.
PATH = "/vers/"


def add_partners(app: Flask, pages: Callable[[], Pages], counts: Counts) -> None:
    """Adds the way to each partner of the content that is shown; there is none to anywhere else."""

    def lead(address: str) -> Response:
        partner = pages().content.partner_at(address)
        if partner is None:
            abort(404)
        if request.method == "GET":
            counts.add(f"{PARTNER}{partner.address}")
        return redirect(partner.url, 303)  # type: ignore[return-value]  # werkzeug's own Response

    app.add_url_rule(f"{PATH}<address>", "partner", lead)
