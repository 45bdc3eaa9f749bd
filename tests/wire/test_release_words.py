"""What became of a release, in French: every sentence that a unit may say has one."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import triporteur_device.updates
from triporteur_device.updates.refused import sentence
from triporteur_wire.release_words import became_in_french, reason_in_french
from triporteur_wire.releases import Outcome, Told

_CODE = Path(triporteur_device.updates.__file__).parent
#: What says why, and where no release was refused, or failed, for it.
_SAYERS = {"Refused", "Illness", "NoRoom"}
#: Of files and disks: what the system says of them has no French here.
_OF_THE_SYSTEM = {"1 cannot be read: 1"}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (Told("1.4", "arriving", 3, "", 1_230_000, 5_700_000), "arrive, 1,2 Mo sur 5,7 Mo"),
        (
            Told("1.4", "waiting", 3, "the depot does not have it any more: …", 0, 5_700_000),
            "attend, 0,0 Mo reçus sur 5,7 Mo : le dépôt ne l’a plus",
        ),
        (
            Told("1.4", "waiting", 3, "an outing is under way, or begins soon"),
            "attend : une sortie est en cours, ou commence bientôt",
        ),
        (Told("1.4", "trial", 3), "à l’essai"),
        (Told("1.4", "running", 3), "en service"),
        (
            Told("1.4", "refused", 3, "it is for aarch64, and this is x86_64"),
            "refusée : elle est faite pour aarch64, et cette unité est x86_64",
        ),
        (
            Told("1.4", "failed", 3, "triporteur-portal.service did not run within 60 s"),
            "essayée, puis retirée : sans réponse en 60 s (portail)",
        ),
        (Told("1.4", "a later word", 3, "because"), "a later word : « because »"),
    ],
)
def test_what_became_of_a_release_is_a_phrase(told: Told, words: str) -> None:
    assert plain(became_in_french(told)) == words


def test_figures_are_written_as_in_french_and_versions_are_not() -> None:
    lacking = "3.4 MB lack, and the month has 5.2 left: at most half of that is for a release"
    assert plain(reason_in_french(lacking)) == (
        "il manque 3,4 Mo, le forfait du mois en a encore 5,2, et la moitié au plus est pour les "
        "mises à jour"
    )
    assert "la 1.4.0," in reason_in_french("1.3.9 is not later than 1.4.0, which runs; to go back")


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (
            "another release goes first: an outing is under way, or begins soon",
            "une autre version passe d’abord (une sortie est en cours, ou commence bientôt)",
        ),
        (
            "12.4 MB came, and 3.9 lacked: the link loses too much, and it goes on next month",
            "la liaison perd trop (12,4 Mo reçus, pour 3,9 qui manquaient), la suite viendra le "
            "mois prochain",
        ),
        ("/var/lib/t/parts/a: No space left on device", "la carte mémoire est pleine"),
        ("None: No space left on device", "la carte mémoire est pleine"),
        ("/var/lib/t: Read-only file system", "la carte mémoire ne se laisse plus écrire"),
        ("Input/output error", "la carte mémoire ne répond pas comme il faut"),
        (
            "/etc/triporteur/updates.pub cannot be read: Permission denied",
            "un fichier à bord ne se laisse ni lire ni écrire",
        ),
        ("/usr/lib/t/VERSION: has no version", "un fichier à bord ne se laisse ni lire ni écrire"),
    ],
)
def test_what_the_system_or_another_release_says_is_told_without_a_path(
    why: str, words: str
) -> None:
    assert plain(reason_in_french(why)) == words


def test_a_card_that_fails_aboard_is_told_in_french(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as missing:
        (tmp_path / "parts" / "ab.coming").open()
    assert "«" not in reason_in_french(sentence(missing.value))


def test_a_unit_cannot_make_it_go_round_for_ever() -> None:
    assert reason_in_french("another release goes first: " * 1000).count("(") < 10


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_a_word(outcome: Outcome) -> None:
    assert outcome not in became_in_french(Told("1.4", outcome, 3))


def sentences() -> Iterator[str]:
    """Those in the code aboard, with a figure wherever something is filled in."""
    for path in _CODE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[said, *_]) if name in _SAYERS:
                    yield literal(said)
                case ast.Assign(value=said) if path.name != "columns.py":
                    yield literal(said)
                case ast.Return(value=ast.expr() as said) if path.name == "budget.py":
                    yield literal(said)


def literal(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(
                str(part.value) if isinstance(part, ast.Constant) else "1" for part in parts
            )
    return ""


def test_every_sentence_of_the_code_aboard_is_known() -> None:
    said = {text for text in sentences() if text.count(" ") > 1} - _OF_THE_SYSTEM
    assert len(said) > 20
    assert [text for text in said if reason_in_french(text).startswith("«")] == []


@given(st.text())
def test_other_words_are_quoted_and_cut_where_they_never_end(why: str) -> None:
    assert len(reason_in_french(why * 100)) < 300


def test_words_of_a_unit_are_no_templates() -> None:
    assert "{pct}" in reason_in_french("{pct} did not run within 60 s")
