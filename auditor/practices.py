"""The practices that checklists ask for, as words: what sentences about each say, whatever the course."""

from pathlib import Path

from auditor.lazy import dataclass
from auditor.models import Question
from auditor.tomldata import loads
from auditor.wording import phrases, wordset


@dataclass(frozen=True)
class Practice:
    """Something that a checklist asks for and an answer speaks of; an item of a profile names the one that it asks for.

    `names` are what a sentence about it says, as words (`*` at the end of a word stands for any ending);
    `acts` those that are themselves the doing (`deploy*`, with an object). `verbs` bounds with which verbs a denial counts (empty:
    any common one). `done` are names that an affirmation must have (parts joined by `+` must all stand there; as `names` if
    empty). `others` are words by which the same answer may say that it was done in another way. `answered` is the topic of the question
    that a bare "No" denies; `parts` are parts of an item by a word for each; `plain` says whether a program reads denials of it by itself.
    """

    id: str
    name: str
    names: tuple[str, ...]
    acts: tuple[str, ...] = ()
    verbs: frozenset[str] = frozenset()
    done: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    answered: str = ""
    parts: tuple[str, ...] = ()
    plain: bool = True

    def asked_by(self, question: Question) -> bool:
        """Whether a question asks for it and for nothing else: of two things nobody knows which one a bare "No" denies."""
        return bool(self.answered) and question.topics == (self.answered,)


def _practice(
    id: str, name: str, names: str, verbs: str = "", answered: str = "", plain: bool = True, **lists: str
) -> Practice:
    more = {key: phrases(listed) for key, listed in lists.items()}
    return Practice(id, name, phrases(names), verbs=wordset(verbs), answered=answered, plain=plain, **more)  # fmt: skip


def _practices() -> tuple[Practice, ...]:
    text = Path(__file__).with_name("practices.toml").read_text(encoding="utf-8")
    return tuple(_practice(**row) for row in loads(text, ours=True)["practice"])


PRACTICES = _practices()
