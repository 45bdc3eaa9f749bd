"""The pages of the plan: a day, the form of an outing, and what both send to the agent."""

from flask import Flask, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from triporteur_kiosk.console.days import DAYS, TODAY, DayWords
from triporteur_kiosk.console.entry import Entry, Unclear, entered, entry_of
from triporteur_kiosk.console.errands import Errands
from triporteur_kiosk.console.form_page import FormPage
from triporteur_kiosk.console.plan_page import day_page, outing_on, usual_place
from triporteur_kiosk.console.trouble import Trouble, trouble_page
from triporteur_kiosk.seen import Watch, local_time
from triporteur_wire.desk import ForgetOuting, PlanOuting
from triporteur_wire.readiness import Outing

_GONE = Trouble(
    "Ce lieu n’est plus parmi les lieux habituels\u202f: complétez la sortie, puis notez-la.", 409
)


def add_plan(app: Flask, watch: Watch, errands: Errands) -> None:
    """Each day has an address of its own; today's is the short one."""

    @app.get("/sortie")
    @app.get("/sortie/<slug>")
    def show_day(slug: str = TODAY.slug) -> str:
        return render_template("day.html", page=day_page(watch.look(), _day(slug)), days=DAYS)

    @app.get("/sortie/<slug>/autre")
    def show_form(slug: str) -> Response:
        day = _day(slug)
        found = outing_on(watch.look(), day)
        return form(day, entry_of(found) if found else Entry())

    @app.post("/sortie/<slug>")
    def enter(slug: str) -> Response:
        day, entry = _day(slug), entered(request.form)
        try:
            outing = entry.outing(day.day, local_time(watch.look()))
        except Unclear as unclear:
            return form(day, entry, Trouble(unclear.sentence, 422), unclear.field)
        return plan(day, outing, entry)

    @app.post("/sortie/<slug>/habituel")
    def enter_usual(slug: str) -> Response:
        day, name = _day(slug), request.form.get("place", "")
        place = usual_place(watch.look(), name)
        if place is None:
            return form(day, Entry(place=name), _GONE)
        return plan(day, place.outing(), entry_of(place.outing()))

    @app.post("/sortie/<slug>/oublier")
    def forget(slug: str) -> Response:
        day = _day(slug)
        if trouble := errands.run(ForgetOuting(day.day)):
            return trouble_page(trouble, back=day.address)
        return redirect(day.address, 303)

    def plan(day: DayWords, outing: Outing, entry: Entry) -> Response:
        if trouble := errands.run(PlanOuting(day.day, outing)):
            return form(day, entry, trouble)
        # Who leaves today asks whether they may; who leaves tomorrow sees what was noted.
        return redirect("/" if day is TODAY else day.address, 303)

    def form(
        day: DayWords, entry: Entry, trouble: Trouble | None = None, field: str = ""
    ) -> Response:
        knows_time = local_time(watch.look()) is not None
        page = FormPage(day, entry, knows_time, trouble.sentence if trouble else "", field)
        return Response(
            render_template("outing.html", page=page),
            trouble.code if trouble else 200,
            mimetype="text/html",
        )


def _day(slug: str) -> DayWords:
    return next((day for day in DAYS if day.slug == slug), None) or abort(404)
