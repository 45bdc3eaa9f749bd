"""The unit's switches: what a tap on the page « Unité » asks of the agent."""

from flask import Flask, abort, redirect, request
from werkzeug.wrappers import Response

from triporteur_kiosk.console.errands import Errands
from triporteur_kiosk.console.trouble import trouble_page
from triporteur_wire.desk import PhoneCharging

#: What the page's button sends; nothing else is a switch's position.
_POSITIONS = {"on": True, "off": False}


def add_switches(app: Flask, errands: Errands) -> None:
    @app.post("/unite/prises")
    def switch_phone_charging() -> Response:
        position = request.form.get("position", "")
        if position not in _POSITIONS:
            abort(400)
        if trouble := errands.run(PhoneCharging(_POSITIONS[position])):
            return trouble_page(trouble, back="/unite", again={"position": position})
        return redirect("/unite", 303)
