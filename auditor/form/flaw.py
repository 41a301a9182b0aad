"""One thing wrong with a report's form, and how it is told."""

from collections.abc import Callable

from auditor.lazy import dataclass
from auditor.models import Evidence, Question, Source

Number = Callable[[Evidence], str]  # enters an evidence in the record and gives its id
ALIKE = 4  # as many flaws that say the same become one


@dataclass(frozen=True)
class Flaw:
    """One thing wrong with the form: where, what the report has (`says`), what is wrong with it (`difference`), and what to
    do (`hint`). `fact` is what shows it; `line` is cited. `beside`: a placeholder that stands beside an answer, which only a
    group needs to hear of."""

    rule: str
    source: Source
    line: int
    quote: str
    says: str
    difference: str
    hint: str
    fact: str = ""
    detail: bool = False
    beside: bool = False


def source_of(question: Question) -> Source:
    return Source(kind="question", n=question.n)


def name_of(question: Question) -> str:
    return f"Question {question.n}"


def cut(text: str, width: int = 100) -> str:
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"
