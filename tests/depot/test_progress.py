import io

from triporteur_depot.commands.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_one_line_that_is_gone_at_the_end() -> None:
    terminal = Terminal()
    with Progress(terminal) as progress:
        progress.show("1/9")
        progress.show("2/9")
    assert terminal.getvalue() == "\r\x1b[K1/9\r\x1b[K"


def test_a_file_sees_nothing() -> None:
    file = io.StringIO()
    with Progress(file) as progress:
        progress.show("1/9")
    assert file.getvalue() == ""


def test_what_is_asked_not_to_speak_is_still() -> None:
    terminal = Terminal()
    with Progress(terminal, speaks=False) as progress:
        progress.show("1/9")
    assert terminal.getvalue() == ""
