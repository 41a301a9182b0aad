"""Who is named by a submission: in git's log, in private answers, and in the fields of its files that hold people by definition.

Such fields are copyright lines, owners of code, citation files, git's `.mailmap`, authors and maintainers of packages and of
single files, addresses with a name, and the names beside a study number or below a heading that asks for people.
"""

import json
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from auditor.judges.names import NOBODY, Names
from auditor.lazy import compile_later
from auditor.repository import History
from auditor.wording import wordset

_TITLE = r"[^\W\d_a-zà-öø-ÿ][^\W\d_]*(?:[.'’-][^\W\d_]+)*\.?"
_PARTICLE = r"(?:van|von|der|den|de|del|della|di|da|dos|du|la|le|af|al|bin|ben|el|zu|ter|ten)"
_FULL = rf"{_TITLE}(?:[ \t]+(?:{_PARTICLE}[ \t]+){{0,2}}{_TITLE}){{1,3}}"
_PERSON = compile_later(rf"{_TITLE}(?:[ \t]+(?:{_PARTICLE}[ \t]+){{0,2}}{_TITLE}){{0,4}}")
_MAILBOX = compile_later(rf"({_FULL})[\"']?[ \t]{{0,2}}[<(][\w.+-]{{1,64}}@[\w.-]{{1,80}}[>)]")
_LABEL = compile_later(
    r"(?i)(?<![\w-])(?:_{0,2}|site_|image\.)(?:authors?|maintainers?)(?:_?names?)?_{0,2}[\"'*]{0,3}[ \t]{0,3}(?P<sign>[:=])[ \t*]{0,4}(?P<v>\[[^\[\]]{0,2000}\]|[^\n]{2,300})"
)
_MARKED = compile_later(r"(?m)(?:[@\\]authors?[ \t{:]{1,3}|^[ \t]{0,8}MAINTAINER[ \t]{1,3})(?P<v>[^\n}]{2,200})")
_COPYRIGHT = compile_later(
    r"(?i)(?:copyright|©|\(c\)|FileCopyrightText:)[ \t:,]{0,4}(?:\(c\)|©)?[ \t,:]{0,4}(?:19|20)\d\d(?:[ \t]{0,2}[-–,][ \t]{0,2}(?:(?:19|20)\d\d|present))*[ \t,:]{1,4}(?:by[ \t]{1,2})?(?P<v>[^\n\"]{2,160})"
)
_GIT_NAME = compile_later(r"""user\.name[\"']?[ \t=:,]{1,4}(?P<v>"[^"\n]{3,60}"|'[^'\n]{3,60}'|[^\s"']{3,40})""")
_OWNER = compile_later(r"(?<![\w/])@([A-Za-z0-9][A-Za-z0-9-]{1,38})(?![\w/-])")
_TASK = compile_later(r"\b(?:TODO|FIXME|XXX)\(@?([a-zA-Z][\w.-]{2,38})\)")
_ASSIGNED = compile_later(
    r"(?m)^[ \t-]{0,12}(?:reviewers|assignees|github)[ \t]*:[ \t]*(?P<v>\[[^\[\]]{1,400}\]|[\w-]{2,39}[ \t]*$|(?:\n[ \t]{0,12}-[ \t]+[\"']?[\w-]{2,39}[\"']?[ \t]*(?=\n|\Z)){1,20})"
)
_CFF = compile_later(
    r"(?m)^[ \t-]{0,12}(family-names|given-names|alias|name-particle)[ \t]*:[ \t]*[\"']?([^\n\"'#]{2,60})"
)
_STUDY = compile_later(r"(?<![A-Za-z0-9])[sS][-_ .]?\d{6}(?!\d)")
_BEFORE = compile_later(rf"({_FULL})[\s|()\[\],:;*_–—-]{{1,8}}$")
_BEHIND = compile_later(rf"[\s|()\[\],:;*_–—-]{{1,8}}({_FULL})")
_ONE_BEFORE = compile_later(rf"({_TITLE})[ \t|()\[\],:;*_–—-]{{1,8}}$")
_ONE_BEHIND = compile_later(rf"[ \t|()\[\],:;*_–—-]{{1,8}}({_TITLE})")
_IN_BRACKETS = compile_later(r"[ \t]{0,2}[(\[]([^()\[\]\n]{2,120})[)\]]")
_PROFILE_LINK = compile_later(r"(?:github\.com|gitlab\.com|linkedin\.com/in)/([A-Za-z0-9][\w-]{1,38})/?(?![\w/-])")
_HEADING = compile_later(
    r"(?im)^[ \t]{0,3}#{1,6}[ \t]+[^\w\n]{0,6}(?:the[ \t]|our[ \t]|project[ \t]|group[ \t]|team[ \t]){0,2}(?:authors?|contributors?|members|team|maintainers?)[^\w\n]{0,6}$"
)
_ITEM = compile_later(
    rf"(?m)^[ \t]{{0,8}}(?:[-*+|]|\d{{1,2}}[.)])[ \t]+[*_\[`]{{0,3}}({_FULL})[*_\]`]{{0,3}}[ \t]*(?=$|[-–—(,:|<\[])"
)
_ORGANISATION = wordset(
    "inc llc ltd gmbh aps corporation corp company foundation university universitet institute department school team group "
    "authors contributors developers project community consortium laboratory affiliates research holders owner"
)
_BOTS = frozenset(
    ["github", "github actions", "dependabot", "copilot", "claude", "actions-user", "web-flow", "pre-commit-ci", ""]
)
_SETTINGS = wordset("yml yaml cfg ini toml cff md markdown txt rst tex dockerfile qmd rmd")
_MOST = 400  # people of a repository's files


class People:
    """Collects who is named into names and numbers."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.numbers: set[str] = set()
        self._said = 0

    def log(self, history: History) -> None:
        """Authors, committers and helpers of commits, and whom git's `.mailmap` names."""
        for commit in history.commits:
            for name, email in (
                (commit.author, commit.email),
                (commit.committer, ""),
                *map(_trailer, commit.coauthors),
            ):
                if "[bot]" in name or name.lower() in _BOTS:
                    continue
                self.identity(name, email)
        for row in history.mailmap.split("\n"):
            self._mapped(row)

    def identity(self, name: str, email: str = "") -> None:
        (self.names.person if " " in name.strip() or name[:1].isupper() else self.names.handle)(name)
        if email:
            self.names.address(email)

    def _mapped(self, row: str) -> None:
        for name, email in re.findall(r"([^<>]{0,80})<([^<>\s]{1,120})>", row.partition("#")[0][:400]):
            if name.strip():
                self.identity(name.strip(), email)
            else:
                self.names.address(email)

    def said(self, value: str, handles: bool = True) -> None:
        """The value of a field that holds people."""
        if self._said >= _MOST or _ORGANISATION & {w.lower().strip(".,") for w in value.split()}:
            return
        self._said += 1
        for email in re.findall(r"[\w.+-]{1,64}@[\w.-]{1,80}", value):
            self.names.address(email)
        bare = re.sub(r"<[^<>\n]{0,120}>|\([^()\n]{0,120}\)|[\w.+-]{1,64}@[\w.-]{1,80}|https?://\S{1,200}", " ", value)
        bare = re.sub(r"(?i)all rights reserved.*", "", bare)
        for one in re.split(r"[,;&/|]|\band\b|\bog\b|\\and\b", bare):
            name = one.strip(" \t\"'`*_[]{}().#<>")
            if _PERSON.fullmatch(name):
                if not all(self.names.plain(w) for w in re.findall(r"[^\W\d_]+", name)):
                    self.names.person(name)
            elif handles and re.fullmatch(r"@?[a-zA-Z][\w.-]{2,38}", name):
                self.names.handle(name.lstrip("@"))

    def file(self, path: str, text: str) -> None:
        """Whom a file names in the fields that its format has for people."""
        name = path.rpartition("/")[2].lower()
        suffix = name.rpartition(".")[2]
        low = text.lower()
        if "@" in text:
            for match in _MAILBOX.finditer(text):
                self.said(match[1], handles=False)
        if "author" in low or "maintainer" in low:
            self._labelled(text, suffix)
        if "copyright" in low or "©" in text:
            for match in _COPYRIGHT.finditer(text):
                self.said(match["v"], handles="license" in name or "copying" in name)
        if "user.name" in low:
            for match in _GIT_NAME.finditer(text):
                self.said(match["v"].strip("\"'"))
        if "TODO(" in text or "FIXME(" in text or "XXX(" in text:
            for match in _TASK.finditer(text):
                self.names.handle(match[1])
        if name == "codeowners":
            for match in _OWNER.finditer(text):
                self.names.handle(match[1])
            for email in re.findall(r"[\w.+-]{1,64}@[\w.-]{1,80}\.\w+", text):
                self.names.address(email)
        elif name == ".mailmap":
            for row in text.split("\n")[:2000]:
                self._mapped(row)
        elif name == "citation.cff":
            self._cited(text)
        elif path.startswith(".github/") and suffix in ("yml", "yaml"):
            for match in _ASSIGNED.finditer(text):
                for handle in re.findall(r"[\w-]{2,39}", match["v"]):
                    self.names.handle(handle)
        for field in _declared(name, text):
            self.said(field)
        if suffix in _SETTINGS or suffix == "ipynb":
            self.page(text)

    def _labelled(self, text: str, suffix: str) -> None:
        for match in _LABEL.finditer(text):
            value = match["v"].strip()
            if value[:1] == "[":
                for quoted in re.findall(r"[\"']([^\"'\n]{3,80})[\"']", value):
                    if quoted.lower() not in ("name", "email"):
                        self.said(quoted)
            elif value[:1] in "\"'":
                self.said(value[1:].partition(value[0])[0])
            elif suffix in _SETTINGS:
                self.said(value.partition("#")[0], handles=suffix not in ("md", "markdown", "txt", "rst"))
            elif match["sign"] == ":" and (" " in value or "<" in value):
                self.said(value, handles=False)
        for match in _MARKED.finditer(text):
            self.said(match["v"], handles=False)

    def _cited(self, text: str) -> None:
        pending: dict[str, str] = {}
        for match in _CFF.finditer(text):
            key, value = match[1], match[2].strip()
            if key == "alias":
                self.names.handle(value)
                continue
            if key in pending:
                self.names.person(" ".join(pending.values()))
                pending = {}
            pending[key] = value
        if pending:
            self.names.person(" ".join(pending.values()))
        for email in re.findall(r"(?m)^[ \t-]*email[ \t]*:[ \t]*[\"']?([\w.+-]{1,64}@[\w.-]{1,80})", text):
            self.names.address(email)

    def page(self, text: str) -> None:
        """Whom a page names beside a study number, or below a heading that asks for people."""
        for match in _STUDY.finditer(text):
            before = text[max(match.start() - 80, 0) : match.start()].rpartition("\n")[2]
            behind = text[match.end() : match.end() + 100].partition("\n")[0]
            for found in (_BEFORE.search(before), _BEHIND.match(behind)):
                if found and not all(self.names.plain(w) for w in re.findall(r"[^\W\d_]+", found[1])):
                    self.names.person(found[1])
        if "#" in text:
            for heading in _HEADING.finditer(text):
                part = text[heading.end() : heading.end() + 3000]
                stop = re.search(r"(?m)^[ \t]{0,3}#{1,6} ", part)
                part = part[: stop.start()] if stop else part
                for match in _ITEM.finditer(part):
                    if not all(self.names.plain(w) for w in re.findall(r"[^\W\d_]+", match[1])):
                        self.names.person(match[1])
                for match in _PROFILE_LINK.finditer(part):
                    self.names.handle(match[1])

    def private(self, answer: str, members: bool, ordinary: Callable[[str], bool]) -> None:
        """Whom a private answer names: by a capital letter and by what it is beside. `ordinary` says of a word that the rest of
        the submission uses it as a word of its own."""
        self.numbers |= set(re.findall(r"(?<!\d)\d{5,10}(?!\d)", answer))
        for email in re.findall(r"[\w.+-]{1,64}@[\w.-]{1,80}", answer):
            self.names.address(email)
        self.page(answer)
        for match in _STUDY.finditer(answer):
            before = answer[max(match.start() - 60, 0) : match.start()].rpartition("\n")[2]
            behind = answer[match.end() : match.end() + 200].partition("\n")[0]
            for found in (_ONE_BEFORE.search(before), _ONE_BEHIND.match(behind)):
                if found:
                    self.names.person(found[1])
            if inside := _IN_BRACKETS.match(behind):
                for one in re.split(r"[,;/&]|\band\b", inside[1]):
                    (self.names.person if " " in one.strip() or one.strip()[:1].isupper() else self.names.handle)(
                        one.strip()
                    )
            if own := re.search(
                r"(?:^|[-*|(,;:])[ \t]*[*_`@]{0,3}([a-z][a-z0-9_.-]{2,38})[*_`]{0,3}[ \t]*[(\[|,:-]{1,2}[ \t]*$", before
            ):
                self.names.handle(own[1])
        for pattern in (_OWNER, _PROFILE_LINK):
            for match in pattern.finditer(answer):
                self.names.handle(match[1])
        for match in re.finditer(r"(?m)^[ \t]*[-*+|>]{0,2}[ \t]*[*_]{0,3}([a-z]{3,20})[*_]{0,3}[ \t]*[:|]", answer):
            if not self.names.common(match[1]) and not ordinary(match[1]):
                self.names.person(match[1].capitalize())
        for name in _names_in(answer, self.names, members, ordinary):
            self.names.person(name)


def _names_in(answer: str, names: Names, members: bool, ordinary: Callable[[str], bool]) -> Iterator[str]:
    """The runs of capitalised words of a private answer that are no words of English, of the field or of the submission. Capitals
    and humps within a word make it a product's name, except in the list of members."""
    for match in re.finditer(
        r"[^\W\d_][^\W_’'\u0300-\u036f]*[^\W_]*(?:['’-][^\W_]+)*(?:[ \t]+[^\W\d_][^\s,;:()\[\]|*<>\"!?/]*)*", answer
    ):
        run: list[str] = []
        for word in [*re.findall(r"[^\W\d_][\w'’\u0300-\u036f-]*\.?", match[0]), ""]:
            bare = re.sub(r"['’]s?$", "", word.rstrip("."))
            if (
                bare[:1].isupper()
                and not re.search(r"[\d_]", bare)
                and not names.plain(bare)
                and (members or (_titled(bare) and not ordinary(bare)))
            ):
                run.append(bare)
                if word.endswith(".") and len(bare) > 2:
                    yield " ".join(run)
                    run = []
                continue
            if run:
                yield " ".join(run)
            run = []


def _titled(word: str) -> bool:
    """Whether a word is written as names are: a capital letter, then small ones, each side of a dash."""
    return (
        all(part[:1].isupper() and part[1:].islower() for part in re.split(r"[-'’]", word) if len(part) > 1)
        and len(word) > 1
    )


def _declared(name: str, text: str) -> Iterator[str]:
    """Authors and maintainers as a package's own file declares them."""
    try:
        if name == "pyproject.toml":
            data: object = tomllib.loads(text)
        elif name in ("package.json", "composer.json", "codemeta.json", ".zenodo.json"):
            data = json.loads(text)
        else:
            return
    except (ValueError, RecursionError):
        return
    for table in _tables(data):
        for key in ("author", "authors", "maintainer", "maintainers", "contributors", "creators"):
            value = table.get(key)
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, str):
                    yield one
                elif isinstance(one, Mapping):
                    for field in ("name", "email", "givenName", "familyName"):
                        if isinstance(said := one.get(field), str):
                            yield said


def _tables(data: object) -> Iterator[Mapping[str, object]]:
    """A file's own table, and those of a project in it."""
    if not isinstance(data, Mapping):
        return
    yield data
    for path in (("project",), ("tool", "poetry"), ("tool", "flit", "metadata"), ("tool", "pdm")):
        table: object = data
        for key in path:
            table = table.get(key) if isinstance(table, Mapping) else None
        if isinstance(table, Mapping):
            yield table


def _trailer(text: str) -> tuple[str, str]:
    name, _, email = text.partition("<")
    return name.strip(), email.rstrip("> ")


# -- what the code has as its own --------------------------------------------------------------------------------------

_CODE = wordset("py pyi js jsx ts tsx sh bash yml yaml toml cfg ini tf dockerfile makefile mk ipynb")
_IMPORTED = compile_later(r"(?m)^[ \t]{0,40}(?:from|import)[ \t]+([A-Za-z_][\w.]{1,80})")
_DEFINED = compile_later(r"(?m)^[ \t]{0,40}(?:async[ \t]+)?(?:def|class|function)[ \t]+([A-Za-z_]\w{1,80})")
_KEY = compile_later(r"(?m)^[ \t-]{0,40}[\"']?([A-Za-z_][\w-]{1,60})[\"']?[ \t]{0,20}[:=](?![\w=])")
_NEEDED = compile_later(
    r"(?m)^[ \t]{0,8}[\"']?([A-Za-z][\w.-]{1,60})(?:\[[\w, -]{0,60}\])?[ \t]*(?:[=<>~!]=|[<>;]|[\"',]|$)"
)


def code_words(texts: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The words that a repository's code has as its own, in small letters: modules that are imported, packages that are needed,
    functions and classes; settings and variables of two files at least, since one file may be about somebody."""
    found: set[str] = set()
    keys: dict[str, str] = {}
    for path, text in texts:
        name = path.rpartition("/")[2].lower()
        suffix = name.rpartition(".")[2]
        if name.startswith("requirements") or name in ("pyproject.toml", "environment.yml", "environment.yaml"):
            found.update(m[1].lower() for m in _NEEDED.finditer(text))
        if suffix not in _CODE:
            continue
        if suffix in ("py", "pyi", "ipynb", "js", "ts", "tsx", "jsx"):
            for match in _IMPORTED.finditer(text):
                found.update(part for part in match[1].lower().split(".") if len(part) > 2)
            found.update(m[1].lower() for m in _DEFINED.finditer(text))
        for match in _KEY.finditer(text):
            key = match[1].lower()
            if keys.setdefault(key, path) != path:
                found.add(key)
    return frozenset(found - NOBODY)


def used_words(texts: Iterable[tuple[str, str]], prose: Iterable[str]) -> Collection[str]:
    """The words that stand in small letters in the public prose of a report, or in three files at least."""
    files: dict[str, int] = {}
    for _, text in texts:
        for word in set(re.findall(r"(?<![\w./-])[a-zà-öø-ÿ]{3,}(?![\w/])", text)):
            files[word] = files.get(word, 0) + 1
    found = {word for word, n in files.items() if n > 2}
    for text in prose:
        found.update(re.findall(r"(?<![\w./@-])[a-zà-öø-ÿ]{3,}(?![\w/@-])", text))
    return found
