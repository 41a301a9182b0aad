"""Globs over the paths of a commit, ignoring case."""

from bisect import bisect_left
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache

from auditor import limits
from auditor.lazy import compile_later
from auditor.linear import ACROSS, FOLDERS, ONE, WITHIN, Linear, Rows, character_class, escape, linear

_CHOICES = 64  # globs that the braces of one may stand for; with more it is one expression
_BRACES = compile_later(r"\{([^{}]*)\}")
_NOTHING = r"[^\s\S]"  # matches no text


def _regex(glob: str) -> str:
    """A glob as an expression; braces, which stand in it where they have too many choices, are choices."""
    if len(glob) > limits.PATTERN.value:
        return _NOTHING
    out: list[str] = []
    i = depth = 0
    braces = glob.count("{") == glob.count("}")
    while i < len(glob):
        c = glob[i]
        if glob.startswith("**/", i):
            piece, i = FOLDERS, i + 3
        elif glob.startswith("**", i):
            piece, i = ACROSS, i + 2
        elif c == "[" and (found := character_class(glob, i)):
            piece, i = found
        elif c == "{" and braces:
            piece, i, depth = "(?:", i + 1, depth + 1
        elif c == "}" and depth:
            piece, i, depth = ")", i + 1, depth - 1
        else:
            piece, i = {"*": WITHIN, "?": ONE, ",": "|" if depth else ","}.get(c) or escape(c), i + 1
        out.append(piece)
    return "".join(out)


def _alternatives(glob: str) -> list[str]:
    """A glob without its braces: one for each choice. With absurdly many choices it is left as it is."""
    glob = glob.replace(".y*ml", ".{yml,yaml}")
    if "{" not in glob:
        return [glob]
    made = [glob]
    while any("{" in g and _BRACES.search(g) for g in made):
        more = []
        for one in made:
            match = _BRACES.search(one) if "{" in one else None
            if match is None:
                more.append(one)
            elif len(more) + match[1].count(",") >= _CHOICES:
                return [glob]
            else:
                more += [one[: match.start()] + choice + one[match.end() :] for choice in match[1].split(",")]
        made = more
        if len(made) > _CHOICES:
            return [glob]
    return made


def _made_of(name: str, parts: list[str]) -> bool:
    """Whether a name starts with the first part, ends with the last and has a middle one between them."""
    first, last = parts[0], parts[-1]
    if len(name) < len(first) + len(last) or not (name.startswith(first) and name.endswith(last)):
        return False
    return len(parts) == 2 or parts[1] in name[len(first) : len(name) - len(last)]


def fits_name(name: str, pattern: str) -> bool:
    """Whether a name fits a pattern as pytest holds it against paths and names: `*` goes across folders, letters count."""
    return len(pattern) <= limits.PATTERN.value and fnmatchcase(name, pattern)


_SIGNS, _NAME_SIGNS = frozenset("*?[{"), frozenset("/?[{")


def _plain(text: str) -> bool:
    return _SIGNS.isdisjoint(text)


class _Globs:
    """Several globs at once. The common forms are looked up; only the others become an expression, which costs far more
    to compile than it is used: a probe has dozens of globs and asks them of every path once."""

    def __init__(self, globs: Iterable[str]) -> None:
        self._exact: set[str] = set()
        self._names: set[str] = set()
        self._folders: set[str] = set()
        beside: dict[str, list[str]] = {}
        within: dict[str, list[str]] = {}
        under: dict[str, list[str]] = {}
        ends, starts, middles, pieces, others = [], [], [], [], []
        for glob in {one for whole in globs for one in _alternatives(whole.lower())}:
            rest = glob.removeprefix("**/")
            folder, _, name = glob.rpartition("/")
            top, deep, tail = glob.partition("/**/*")
            top = top if deep else ""
            plain_name = rest != glob and rest and _NAME_SIGNS.isdisjoint(rest)
            stars = rest.count("*")
            if _plain(glob):
                self._exact.add(glob)
            elif plain_name and not stars:
                self._names.add(rest)
            elif plain_name and stars == 1 and rest[0] == "*":
                ends.append(rest[1:])
            elif plain_name and stars == 2 and rest[0] == rest[-1] == "*" and len(rest) > 2:
                middles.append(rest[1:-1])
            elif plain_name and stars <= 2:
                pieces.append(rest.split("*"))
            elif name[:1] == "*" and _plain(name[1:]) and _plain(folder):
                beside.setdefault(folder, []).append(name[1:])
            elif glob.endswith("/**") and _plain(glob[:-3]):
                starts.append(glob[:-2])
            elif glob.startswith("**/") and glob.endswith("/**") and "/" not in glob[3:-3] and _plain(glob[3:-3]):
                self._folders.add(glob[3:-3])
            elif top and "/" not in tail and _plain(tail) and _plain(top):
                within.setdefault(f"{top}/", []).append(tail)
            elif top[3:] and top.startswith("**/") and "/" not in top[3:] + tail and _plain(top[3:] + tail):
                under.setdefault(top[3:], []).append(tail)
            else:
                others.append(_regex(glob))
        self._ends, self._starts, self._middles = tuple(ends), tuple(starts), tuple(middles)
        self._pieces = pieces
        self._tails = {folder: tuple(tails) for folder, tails in beside.items()}
        self._within = {folder: tuple(tails) for folder, tails in within.items()}
        self._under = {folder: tuple(tails) for folder, tails in under.items()}
        self._source = "|".join(others)
        self._others: Linear | None = None

    def match(self, path: str) -> bool:
        """Whether one of the globs matches a path in small letters."""
        folder, _, name = path.rpartition("/")
        if (
            name in self._names
            or path in self._exact
            or name.endswith(self._ends)
            or path.startswith(self._starts)
            or (folder in self._tails and name.endswith(self._tails[folder]))
        ):
            return True
        for middle in self._middles:
            if middle in name:
                return True
        for parts in self._pieces:
            if name.startswith(parts[0]) and name.endswith(parts[-1]) and _made_of(name, parts):
                return True
        for top, tails in self._within.items():
            if path.startswith(top) and name.endswith(tails):
                return True
        if self._under and any(name.endswith(self._under.get(f, ())) for f in folder.split("/")):
            return True
        if self._folders and not self._folders.isdisjoint(folder.split("/") if folder else ()):
            return True
        return bool(self._source) and self._fits(path)

    def _fits(self, path: str) -> bool:
        if self._others is None:
            self._others = linear(self._source)
            if self._others is None:  # refused
                self._source = ""
        return self._others is not None and self._others.fits(path)

    def among(self, paths: "Paths") -> set[int]:
        """The numbers of the paths that match: `match` for all of a commit's paths, looked up instead of walked."""
        found = {n for path in self._exact for n in paths.exact.get(path, ())}
        found.update(n for name in self._names for n in paths.named.get(name, ()))
        for end in self._ends:
            found.update(paths.ending(end))
        if self._starts:
            found.update([n for n, path in enumerate(paths.lower) if path.startswith(self._starts)])
        for folder, tails in self._tails.items():
            found.update(n for n in paths.beside.get(folder, ()) if paths.names[n].endswith(tails))
        for top, tails in self._within.items():
            found.update(
                [n for n, path in enumerate(paths.lower) if path.startswith(top) and paths.names[n].endswith(tails)]
            )
        for folder, tails in self._under.items():
            found.update([n for n in paths.below.get(folder, ()) if paths.names[n].endswith(tails)])
        for middle in self._middles:
            found.update([n for n, name in enumerate(paths.names) if middle in name])
        for parts in self._pieces:
            first, last = parts[0], parts[-1]
            some = paths.starting(first) if first else paths.ending(last)
            found.update([n for n in some if _made_of(paths.names[n], parts)])
        found.update(n for folder in self._folders for n in paths.below.get(folder, ()))
        if self._source:
            found.update(paths.rows.fitting(self._source))
        return found


class Paths:
    """The paths of a commit, numbered, with what globs ask of them (in small letters)."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = list(paths)
        self.lower = [path.lower() for path in self._paths]
        self.names: list[str] = []
        self.exact: dict[str, list[int]] = {}
        self.named: dict[str, list[int]] = {}
        self.beside: dict[str, list[int]] = {}
        self.below: dict[str, set[int]] = {}
        for n, path in enumerate(self.lower):
            folder, _, name = path.rpartition("/")
            self.names.append(name)
            self.exact.setdefault(path, []).append(n)
            self.named.setdefault(name, []).append(n)
            self.beside.setdefault(folder, []).append(n)
            for part in folder.split("/"):
                self.below.setdefault(part, set()).add(n)
        self._known: dict[tuple[str, ...], list[str]] = {}
        self._sets: dict[tuple[str, ...], frozenset[str]] = {}

    @cached_property
    def _sorted(self) -> list[tuple[str, int]]:
        return sorted((name, n) for n, name in enumerate(self.names))

    @cached_property
    def _by_suffix(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for n, name in enumerate(self.names):
            if "." in name:
                found.setdefault(name.rpartition(".")[2], []).append(n)
        return found

    def starting(self, start: str) -> list[int]:
        """The numbers of the names that start so."""
        first = bisect_left(self._sorted, (start,))
        last = first
        while last < len(self._sorted) and self._sorted[last][0].startswith(start):
            last += 1
        return [n for _, n in self._sorted[first:last]]

    def ending(self, end: str) -> list[int]:
        """The numbers of the names that end so."""
        before, dot, suffix = end.rpartition(".")
        if not dot:
            return [n for n, name in enumerate(self.names) if name.endswith(end)]
        some = self._by_suffix.get(suffix, [])
        return [n for n in some if self.names[n].endswith(end)] if before else some

    @cached_property
    def rows(self) -> Rows:
        return Rows(self.lower)

    def matching(self, globs: tuple[str, ...]) -> list[str]:
        """Those that `matches` would let through, in their order."""
        if globs not in self._known:
            found: set[int] = set()
            for keeps, run in _runs(globs):
                found = found | run.among(self) if keeps else found - run.among(self)
            self._known[globs] = [self._paths[n] for n in sorted(found)]
        return self._known[globs]

    def those(self, globs: tuple[str, ...]) -> frozenset[str]:
        """As `matching`, to be looked up."""
        if globs not in self._sets:
            self._sets[globs] = frozenset(self.matching(globs))
        return self._sets[globs]


def matches(path: str, globs: Iterable[str]) -> bool:
    """Whether a path matches one of the globs: `*` within a folder, `**` across folders, `{a,b}`, `[ab]`; ignoring case.
    A glob that starts with `!` takes out what those before it let in."""
    hit, path = False, path.lower()
    for keeps, run in _runs(globs if type(globs) is tuple else tuple(globs)):
        if hit is not keeps and run.match(path):
            hit = keeps
    return hit


@lru_cache(maxsize=512)
def _runs(globs: tuple[str, ...]) -> tuple[tuple[bool, _Globs], ...]:
    """Neighbouring globs of one kind together."""
    runs: list[tuple[bool, list[str]]] = []
    for glob in globs:
        keeps = not glob.startswith("!")
        if not runs or runs[-1][0] is not keeps:
            runs.append((keeps, []))
        runs[-1][1].append(glob.removeprefix("!"))
    return tuple((keeps, _Globs(run)) for keeps, run in runs)


def may_match_below(folder: str, globs: Iterable[str]) -> bool:
    """Whether a path below a folder could match one of the globs, whatever it is called. Globs that take out are heeded
    where they take out the whole folder."""
    parts = folder.lower().split("/")
    out = [g.removeprefix("!") for g in globs if g.startswith("!")]
    if any(g.endswith("/**") and matches(f"{folder}/x", (g,)) for g in out):
        return False
    return any(
        "{" in alternative or _leads_below(alternative.split("/"), parts)
        for glob in globs
        if not glob.startswith("!")
        for alternative in _alternatives(glob.lower())
    )


def _leads_below(glob: list[str], parts: list[str]) -> bool:
    for i, part in enumerate(parts):
        if glob[i : i + 1] == ["**"]:
            return True
        if i + 1 >= len(glob) or not ((fits := linear(_regex(glob[i]))) and fits.fits(part)):
            return False
    return True
