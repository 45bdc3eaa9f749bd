"""French for what a kiosk counts. A word of a newer kiosk is shown as it came."""

from triporteur_wire.usage import LANGUAGE, PAGE, PARTNER

_PAGES = {
    "welcome": "Accueil",
    "visits": "Prochaines visites",
    "charging": "Recharger son mobile",
    "emergencies": "Urgences",
    "privacy": "Vie privée",
    "internet": "Aller sur Internet",
    "sante": "Santé",
    "famille": "Famille",
    "travail": "Travail",
    "papiers": "Papiers",
    "logement": "Logement",
    "argent": "Argent",
    "numerique": "Numérique",
    "manger-dormir": "Manger, dormir",
}
_LANGUAGES = {
    "ar": "arabe",
    "en": "anglais",
    "es": "espagnol",
    "fa": "persan",
    "fr": "français",
    "pt": "portugais",
    "other": "une autre",
}
#: What a unit says is not believed to be short.
_LONGEST = 60


def labelled(word: str) -> str:
    """What a page says for a counted word."""
    if word.startswith(PARTNER):
        return word.removeprefix(PARTNER).removeprefix("www.")[:_LONGEST]
    if word.startswith(PAGE):
        key = word.removeprefix(PAGE)
        return _PAGES.get(key, key)[:_LONGEST]
    key = word.removeprefix(LANGUAGE)
    return _LANGUAGES.get(key, key)[:_LONGEST]
