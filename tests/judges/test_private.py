"""What is personal or secret never reaches a request, and comes back exactly."""

from datetime import UTC, datetime

from auditor.judges.private import Veil, veil_of
from auditor.models import Question, Report
from auditor.repository import Commit, History

WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def commit(author: str, email: str, *coauthors: str) -> Commit:
    return Commit("c", (), author, email, WHEN, "GitHub", WHEN, "x", coauthors)


def veil(*commits: Commit, members: str = "") -> Veil:
    asked = Question(
        n=2, line=1, prompt="", answer=members, answer_lines=(1, 1), id="members", topics=("members",), private=True
    )
    return veil_of(Report(path="r", commit="c", sha256="s", questions=(asked,)), History(commits=commits))


def test_names_addresses_numbers_and_secrets_are_replaced_and_put_back() -> None:
    hidden = veil(
        commit("Ada Example", "12+adalove@users.noreply.github.com", "Grace Sample <grace@example.com>"),
        members="s000001, Brynhild",
    )
    key = "0badcafe" * 5
    text = f"Ada Example and ada example (s000001, ada@example.org), Grace Sample, adalove; Brynhild wrote\nWANDB_API_KEY={key}"
    shown = hidden.hide(text)
    for private in ("Ada", "ada", "Grace", "Brynhild", "s000001", "example.org", "adalove", key):
        assert private not in shown, private
    assert hidden.hide(text) == shown
    assert hidden.show(shown) == text


def test_common_words_stay_words() -> None:
    hidden = veil(commit("Will Baker", "will@example.com"), commit("main", "m@example.com"))
    assert hidden.hide("We will train on main with a baker's dozen") == "We will train on main with a baker's dozen"
    assert hidden.hide("Will Baker wrote it") == "[person-1] [person-2] wrote it"


def test_what_looks_like_a_stand_in_is_not_mistaken_for_one() -> None:
    hidden = veil(commit("Ada Example", "ada@example.com"))
    text = "array[person-1] and Ada Example"
    assert hidden.show(hidden.hide(text)) == text
    assert "Ada" not in hidden.hide(text)


def test_names_within_words_stay() -> None:
    hidden = veil(commit("Ada Example", "ada@example.com"))
    assert hidden.hide("Adam optimiser, torch.optim.Adamax, RADAR") == "Adam optimiser, torch.optim.Adamax, RADAR"
