"""Personal data and secrets, replaced by stand-ins before anything is shown to a judge, and put back afterwards.

Taken out: the names, handles and addresses of everyone in the git log, in the private answers and in the fields of files that
hold people, user names in paths, study numbers, telephone and civil registration numbers, e-mail addresses, and
secrets. Names are known by their letters alone: case, accents, `_`, `-`, `.` and humps do not matter. A stand-in
(`[person-1]`) stands for one spelling, so that putting back gives the very words; lines stay lines.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable

from auditor.judges.names import NOBODY, Names, any_of, full
from auditor.judges.people import People, code_words, used_words
from auditor.models import Problem, Report
from auditor.redact import secrets_in
from auditor.repository import History

# A sign or word for `@` and for the dot, as they are typed, escaped or spelt out; letters of any alphabet. Spaces around a bare `@`
# are an address only where a country's or a usual end of one follows: in code they multiply.
_TLD = "(?:com|org|edu|net|dk|de|se|no|fi|uk|eu|nl|be|fr|it|es|pt|pl|ch|at)"
_EMAIL = re.compile(
    r"(?<![\w.+@-])(?!git@[\w.-]+[:/]|root@|[\w.+-]{1,64}@localhost)[\w.+-]{1,64}"
    r"(?:(?:@|＠|%40|&#64;|&commat;|\s?[\[({<]\s?(?:at|AT|@)\s?[\])}>]\s?)"
    r"(?:[^\W_](?:[^\W_]|-){0,62}(?:[.．。]|%2[eE]|\s?[\[({<]\s?(?:dot|DOT)\s?[\])}>]\s?)){1,5}[^\W\d_]{2,24}"
    rf"|[ \t](?:AT[ \t](?:[A-Za-z0-9-]{{1,63}}[ \t]DOT[ \t]){{1,4}}[A-Za-z]{{2,24}}|at[ \t](?:[A-Za-z0-9-]{{1,63}}[ \t]dot[ \t]){{1,4}}{_TLD}))(?![A-Za-z0-9@-])"
    rf"|(?<![\w.+@-])(?<![=(,+*/\[-] )(?<!return )[\w.+-]{{3,64}}[ \t]@[ \t](?:[A-Za-z0-9-]{{3,63}}\.){{1,4}}{_TLD}(?![A-Za-z0-9@(\[_-])"
)
_STUDY = re.compile(
    r"(?<![A-Za-z0-9])(?<!\w['’])[sSѕЅ](?:[-_ .]?\d{6}|\d{3}[ -]\d{3})(?!\d)"
    r"|(?i:\bstud(?:ent|ie)[\w. ]{0,12}?(?:number|no|nr|id|nummer)?[.:# ]{0,3})(?P<n>(?<!\d)\d{6}(?!\d))"
    r"|(?i:\bstudy[ ._-]?(?:numbers?|no|nr|id)[.:# ]{1,3})(?P<a>\d{6}(?!\d))"
)
# Without a word or a dash, ten digits are one only where they begin as no number and no time does.
_CIVIL = re.compile(
    r"(?<![\d-])(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}-\d{4}(?![\d-])|(?i:\bcpr[^\d\n]{0,12})(?P<n>\d{6}\s?-?\s?\d{4}(?!\d))"
    r"|(?<![\w.,:/+-])(?:0[1-9]|3[01])(?:0[1-9]|1[0-2])\d{2}(?:\d{4}| \d{4}(?! \d))(?![\w,:/-]|\.\d)"
)
_PHONE = re.compile(
    r"(?<![\w.+])\(?(?:\+|00)(?:45|4[0-9]|1|3\d|35\d|37\d|38\d|5\d|6\d|7|8\d|9\d)\)?[ .-]?(?:\(0?\d{1,4}\)[ .-]?)?\d(?:[ .-]?\d){6,10}(?![\w.])"
    r"|(?<![\w.,:/-])\d{2} \d{2} \d{2} \d{2}(?![\w.,:/-]| \d)"
    r"|(?i:\b(?:tel|tlf|telefon|phone|mobile?|mobil|call|ring|whatsapp|sms)\b[^\d\n]{0,14})(?P<n>\d(?:[ .-]?\d){7,11}(?!\d))"
)
_HOME = re.compile(
    r"(?:/home/|/Users/|/users/|\\Users\\|\\\\Users\\\\|/zhome/\w\w/\w/|/work[123]/|/mnt/c/Users/)(?P<n>[\w.-]{2,40})"
)
_USER = re.compile(r"""(?i)["']?\b(?:user_?name|login|user)["']?\s{0,3}[:=]\s{0,3}["'](?P<n>[\w.-]{3,40})["']""")
_STAND_IN = re.compile(r"\[(?:person|number|email|secret|text)-\d+\]")


class Veil:
    """What is taken out of texts for a judge, and how to put it back."""

    def __init__(self, names: Names | None = None, numbers: Iterable[str] = ()) -> None:
        self.names = names or Names()
        self._stand_ins: dict[tuple[str, str], str] = {}
        self._count: dict[str, int] = {}
        self._originals: dict[str, str] = {}
        self._handles = any_of(self.names.handles)
        self._wholes = full(self.names.wholes)
        self._numbers = any_of(n for n in numbers if len(n) > 4)

    def _take(self, kind: str, value: str) -> str:
        """The stand-in of a value. One that spans lines has one for each, so that lines stay lines."""
        if "\n" in value:
            return "\n".join(self._take(kind, row) if row.strip() else row for row in value.split("\n"))
        if (kind, value) not in self._stand_ins:
            self._count[kind] = self._count.get(kind, 0) + 1
            stand_in = f"[{kind}-{self._count[kind]}]"
            self._stand_ins[kind, value] = stand_in
            self._originals[stand_in] = value
        return self._stand_ins[kind, value]

    def hide(self, text: str) -> str:
        """The text with stand-ins. What looks like a stand-in already is made different, so that putting back is exact."""
        if "[" in text:
            text = _STAND_IN.sub(lambda m: self._take("text", m[0]), text)
        made, at = [], 0
        for secret in secrets_in(text):
            made.append(self._people(text[at : secret.start]))
            made.append(self._take("secret", text[secret.start : secret.end]))
            at = secret.end
        made.append(self._people(text[at:]))
        return "".join(made)

    def _people(self, text: str) -> str:
        """The text without people; what was put into it stays."""
        for kind, pattern in (
            ("email", _EMAIL),
            ("number", _STUDY),
            ("number", _CIVIL),
            ("number", _PHONE),
            ("person", _HOME),
            ("person", _USER),
        ):
            text = self._sub(kind, pattern, text)
        for kind, known in (("number", self._numbers), ("person", self._handles), ("person", self._wholes)):
            if known is not None:
                text = self._sub(kind, known, text)
        kept, at = [], 0
        for match in _STAND_IN.finditer(text):
            kept.append(self._named(text[at : match.start()]))
            kept.append(match[0])
            at = match.end()
        kept.append(self._named(text[at:]))
        return "".join(kept)

    def _sub(self, kind: str, pattern: re.Pattern[str], text: str) -> str:
        def put(match: re.Match[str]) -> str:
            group = next((n for n in ("n", "a") if n in pattern.groupindex and match[n] is not None), 0)
            value = match[group]
            if _STAND_IN.search(value) or (kind == "person" and value.lower() in NOBODY):
                return match[0]
            a, b = match.start(group) - match.start(), match.end(group) - match.start()
            return match[0][:a] + self._take(kind, value) + match[0][b:]

        return pattern.sub(put, text)

    def _named(self, text: str) -> str:
        return self.names.hidden(text, lambda name: self._take("person", name))

    def show(self, text: str) -> str:
        """The text with its stand-ins put back."""
        return _STAND_IN.sub(lambda m: self._originals.get(m[0], m[0]), text)


def veil_of(
    report: Report,
    history: History,
    texts: Iterable[tuple[str, str]] = (),
    answers: Iterable[str] = (),
) -> Veil:
    """The veil of a submission: everyone in its git log, in its private answers (`answers` are those that stand elsewhere), in
    the report's own addresses, and in (path, text) of its files: by the fields that hold people, and whose home a path
    leads through."""
    files = list(texts)
    own = code_words(files)
    names = Names(own.__contains__)
    people = People(names)
    people.log(history)
    used: Collection[str] | None = None

    def ordinary(word: str) -> bool:
        nonlocal used
        if used is None:
            used = used_words(files, (q.answer for q in report.questions if not q.private))
        return word.casefold() in used

    for question in report.questions:
        if question.private:
            people.private(question.answer, "members" in question.topics, ordinary)
    for answer in answers:
        people.private(answer, False, ordinary)
    for match in _EMAIL.finditer(report.text):
        names.address(match[0])
    people.file(report.path, report.text)
    _learn(report.text, names)
    for path, text in files:
        _learn(text, names)
        people.file(path, text)
        if path.rsplit("/", 1)[-1].lower() in _PACKAGES:
            for match in _EMAIL.finditer(text):
                names.address(match[0])
    return Veil(names, people.numbers)


_PACKAGES = frozenset(
    ["pyproject.toml", "setup.py", "setup.cfg", "package.json", "citation.cff", "mkdocs.yml", "mkdocs.yaml", "authors", "codeowners", "license"]
)  # fmt: skip


def _learn(text: str, names: Names) -> None:
    if "/home/" in text or "sers" in text or "/zhome/" in text:
        for match in _HOME.finditer(text):
            names.handle(match["n"])


_OFTEN = 5


def often_veiled(names: Names, report: Report) -> tuple[Problem, ...]:
    """The words that are hidden as somebody's name and stand in a report's public answers often. Whoever writes a commit
    chooses what he is called: a judge who cannot read a word cannot hold it against the repository."""
    count = Counter(w for q in report.questions if not q.private for w in names.found(q.answer))
    return tuple(
        Problem(
            path="git history", message=f"a judge does not see {word!r}, said {n} times: it is somebody's name, too"
        )
        for word, n in sorted(count.items())
        if n >= _OFTEN
    )
