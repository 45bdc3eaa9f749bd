"""What is left to a visitor, in French words: rounded down, for it is a promise."""

_NO_BREAK = "\N{NO-BREAK SPACE}"


def time_in_words(seconds: int) -> str:
    """« 1 h 20 », « 12 min », « moins d’une minute »."""
    minutes = max(seconds, 0) // 60
    if minutes < 1:
        return "moins d’une minute"
    if minutes < 60:
        return f"{minutes} min".replace(" ", _NO_BREAK)
    hours, rest = divmod(minutes, 60)
    return (f"{hours} h {rest:02}" if rest else f"{hours} h").replace(" ", _NO_BREAK)


def data_in_words(count: int) -> str:
    """« 1,2 Go », « 150 Mo », « moins d’un Mo »: of a million bytes, as contracts count."""
    megabytes = max(count, 0) // 1_000_000
    if megabytes < 1:
        return f"moins d’un{_NO_BREAK}Mo"
    if megabytes < 1000:
        return f"{megabytes}{_NO_BREAK}Mo"
    return f"{megabytes // 100 / 10:.1f}{_NO_BREAK}Go".replace(".", ",")
