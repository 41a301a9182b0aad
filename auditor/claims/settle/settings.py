"""Settings, seeds and searches as stated; dependencies as declared, pinned and locked; versions."""

import posixpath
import re

from auditor.claims.case import Case, Settled, absence, fact, settles
from auditor.claims.kinds import Dependency, Setting, Version
from auditor.claims.names import file_of, find, own, word_set, words
from auditor.claims.settle.files import there
from auditor.claims.users import for_users, of_this_project
from auditor.facts.cloud import cloud_values
from auditor.facts.components import component
from auditor.facts.configuration import held, number, same_value
from auditor.facts.declared import DECLARATIONS, LOCKS, declarations, locked
from auditor.facts.deps import called, lacks_imports, missing_from_lock, unlisted
from auditor.facts.images import bases, dockerfiles
from auditor.facts.language import Named, allows, begins, outside, pythons, required
from auditor.facts.lists import Package, normal_name
from auditor.facts.names import names
from auditor.facts.seeds import mentions_determinism, only_unread, owns_seed, seed_values, seeded_beside, seeds
from auditor.facts.sweeps import sweeps
from auditor.lazy import compile_later
from auditor.shapes import number_of
from auditor.snapshot import File

# -- settings ----------------------------------------------------------------------------------------------------------


@settles("setting")
def setting(claim: Setting, case: Case) -> Settled | None:
    """Compares the value with every value of such a key in the one YAML file that is named; a seed with the numbers that stand
    beside a word about seeds in code, configuration, scripts and notebooks (`set` or no value: that own code touches one at
    all, or reads the one of the configuration); the method and goal of a search with the sweeps of W&B; a deterministic mode
    with any mention of one.

    Without a file it confirms at most. Says nothing where a value is interpolated or no such key is there, where a trainer
    brings a seed of its own or a whole configuration is handed on, where another library searches, and of denials."""
    if claim.denied:
        return None
    name = re.sub(r"[\s-]+", "_", claim.name.strip("` ").lower())
    said = claim.value.strip("`'\" ").rstrip(".,;")
    if name.rsplit(".", 1)[-1] in ("seed", "random_seed", "seeds", "random_state", "global_seed", "manual_seed"):
        return _seed(claim, said, case)
    if "deterministic" in name or "cudnn" in name:
        return _deterministic(case) if said.lower() in ("true", "1", "set", "on", "enabled", "") else None
    if claim.of == "hyperparameter search" or "sweep" in name:
        return _sweep(name, said, case)
    if claim.path and (kind := _CLOUD.get(name)):
        return _cloud(claim, kind, said.lower(), case)
    return _value(claim, name, said, case)


_CLOUD = {"machine_type": "machine", "machine": "machine", "region": "region", "zone": "zone"}


def _cloud(claim: Setting, kind: str, said: str, case: Case) -> Settled | None:
    """A machine type, region or zone in the file that is named."""
    place = find(case, claim.path, said=claim.quote)
    known = [v for v in cloud_values(case.snapshot) if v.kind == kind and v.path in place.paths]
    if not known or len(place.paths) != 1:
        return None
    cited = tuple(case.snapshot.files[v.path].cite(v.line) for v in known[:3])
    about, one = f"value:{known[0].path}:{kind}", known[0]
    if any(v.value == said for v in known):
        return Settled("supported", f"{one.path} has {said}.", cited, about=about)
    return Settled("contradicted", f"{one.path}:{one.line} has {', '.join(dict.fromkeys(v.value for v in known))}.", cited, f"The sentence says {said}; the file that it names has another.", about, True)  # fmt: skip


def _value(claim: Setting, name: str, said: str, case: Case) -> Settled | None:
    place = find(case, claim.path, said=claim.quote) if claim.path else None
    file = file_of(place, case.snapshot) if place else None
    chosen = [file] if file else [] if claim.path else [f for f in case.snapshot.select(("**/*.{yaml,yml}", "!.github/**"), stubs=True) if f.size < 100_000]  # fmt: skip
    found = held(chosen, name)
    about = f"setting:{found[0].key if found else name}"
    fits = next((h for h in found if same_value(said, h.value)), None)
    if fits:
        return Settled("supported", f"{fits.file.path}:{fits.line} has {fits.key}: {fits.value}.", (fits.file.cite(fits.line),), about=about)  # fmt: skip
    one_file = place is not None and len(place.paths) == 1 and not place.why
    if not found or not claim.path or not one_file or any("$" in h.value for h in found):
        return None
    numbers = [number(h.value) for h in found]
    if number(said) is None:
        if " " in said or len({h.key for h in found}) > 1 or any(n is not None for n in numbers):
            return None
    elif None in numbers:
        return None
    one = found[0]
    return Settled("contradicted", f"{one.file.path}:{one.line} has {one.key}: {one.value}.", tuple(h.file.cite(h.line) for h in found[:3]), f"The sentence says {said}; the file that it names has another value.", about, True)  # fmt: skip


def _seed(claim: Setting, said: str, case: Case) -> Settled | None:
    snapshot = case.snapshot
    if claim.of in _SAID:
        # what another component does says nothing of this one
        made = _seedless(claim, case) or (_seed(claim.model_copy(update={"of": "unknown"}), said, case) if said.isdecimal() else None)  # fmt: skip
        return made if made and made.label == "contradicted" else None
    if said.isdecimal():
        numbers, places = snapshot.once("facts.seed-values", lambda: seed_values(snapshot))
        if number_of(said) in numbers:
            fits = next(((f, n) for f, n in places if re.search(rf"\b{said}\b", f.lines[n - 1])), None)
            return Settled("supported", f"{fits[0].path}:{fits[1]} sets the seed to {said}.", (fits[0].cite(fits[1]),), about="seed") if fits else None  # fmt: skip
        if not places or owns_seed(snapshot):
            return None
        first, line = places[0]
        return Settled("contradicted", f"{first.path}:{line} sets a seed, and no seed is {said}.", tuple(f.cite(n) for f, n in places[:3]), f"The sentence says that the seed is {said}; the repository has another.", "seed", True)  # fmt: skip
    known = seeds(snapshot) if said.lower() in _SET else None
    if known is None or not known.sure or known.read:
        return None
    if not known.touched:
        if owns_seed(snapshot):
            return None
        looked = absence("`seed`, `random_state`, `default_rng` and their like were looked for in the code (without comments) of all own Python files and notebooks outside tests: none.")  # fmt: skip
        return Settled("contradicted", "No code outside the tests sets or reads a seed.", (looked, *(f.cite(n, note="no code reads it") for f, n, _ in known.keys[:2])), "The sentence says that a seed is used; no code does so.", "seed")  # fmt: skip
    elsewhere = [(f, n) for f, n in known.touched if not _BESIDE.search(f.path)]
    by_config = bool(words(claim.quote) & _CONFIGURED) or bool(claim.path)
    if not (known.keys and by_config and (not elsewhere or only_unread(elsewhere))):
        return None
    file, line, _ = known.keys[0]
    shown = (elsewhere or list(known.touched))[:2]
    looked = absence("An attribute or key `seed` was looked for in all own Python files outside tests: none is read.")
    other = "takes its own from elsewhere." if elsewhere else "is the only code that speaks of one."
    shows = f"{file.path}:{line} has a seed that no code reads; {shown[0][0].path}:{shown[0][1]} {other}"
    return Settled("contradicted", shows, (file.cite(line), looked, *(f.cite(n) for f, n in shown)), "The sentence says that the configuration's seed is used; no code reads it.", "seed")  # fmt: skip


_SAID = {
    "prediction": ("predict", "infer"),
    "evaluation": ("evaluat",),
    "data loading": ("load",),
    "preprocessing": ("preprocess",),
}


def _seedless(claim: Setting, case: Case) -> Settled | None:
    """A seed of a component that the sentence names: its files, all read, have no word of one, while training's have."""
    stems = _SAID.get(claim.of, ())
    files = component(claim.of, case.snapshot)
    if not stems or not files or not any(w.startswith(stems) for w in words(claim.quote)):
        return None
    found = seeded_beside(case.snapshot, files, component("training", case.snapshot))
    if found is None:
        return None
    looked = absence(
        f"`seed`, `random_state` and their like were looked for in {', '.join(sorted(f.path for f in files)[:6])}: none."
    )
    shows = f"{found[0].path}:{found[1]} sets a seed for training; {files[0].path} and what it imports set none."
    return Settled("contradicted", shows, (found[0].cite(found[1]), looked), f"The sentence says that {claim.of} sets a seed, too; it sets none.", f"seed:{claim.of}", True)  # fmt: skip


_SET = ("", "set", "fixed", "constant", "same", "the same", "configured", "true")
_BESIDE = compile_later(r"drift|monitor|load_?test|locust|report|visuali", re.IGNORECASE)
_CONFIGURED = word_set("config configs configuration configurations hydra yaml hyperparameters")


def _deterministic(case: Case) -> Settled | None:
    if mentions_determinism(case.snapshot):
        return None
    looked = absence("`deterministic` and `cudnn` were looked for in all code, configurations and scripts: no match.")
    return Settled("contradicted", "No code or configuration mentions a deterministic mode.", (looked,), "The sentence says that it is set; nothing sets it.", "deterministic")  # fmt: skip


def _sweep(name: str, said: str, case: Case) -> Settled | None:
    found, other = sweeps(case.snapshot)
    if not found or other:
        return None
    last = re.split(r"[_.]", name)[-1]
    cited = tuple(s.file.cite(s.line, s.line + 3) for s in found[:3])
    first, low = found[0], said.lower()
    at, differs = (f"{first.file.path}:{first.line} configures", f"The sentence says {said}; the sweep is configured otherwise.")  # fmt: skip
    if last in ("method", "strategy", "search", "algorithm", "sweep", "optimization"):
        wanted = [m for m in ("bayes", "random", "grid") if m in low]
        if len(wanted) != 1 or not all(s.method for s in found):
            return None
        shows = f"{at} the method `{first.method}`."
        if any(s.method.startswith(wanted[0]) for s in found):
            return Settled("supported", shows, cited[:1], about="sweep:method")
        return Settled("contradicted", shows, cited, differs, "sweep:method", True)
    if last in ("goal", "metric", "objective") and all(s.goal and s.metric for s in found):
        goal = next((g for g in ("max", "min") if g + "im" in low), "")
        if goal and all(s.goal[:3] in ("max", "min") and s.goal[:3] != goal for s in found):
            return Settled("contradicted", f"{at} the goal `{first.goal} {first.metric}`.", cited, differs, "sweep:goal", True)  # fmt: skip
    return None


# -- dependencies ------------------------------------------------------------------------------------------------------

_DEV = word_set("dev develop development test tests testing lint linting docs doc documentation tools ci style typing")


@settles("dependency")
def dependency(claim: Dependency, case: Case) -> Settled | None:
    """Compares with every list of dependencies, lock file and installation in the commit: `declared` for all with the imports
    of own code that nothing declares, installs or commonly brings along; `locked` for all with what the pyproject.toml
    declares and the lock beside it lacks; `pinned` with the entries of the named (or only) list that allow several versions,
    where no lock pins them; one package with the list and group that name it.

    Says nothing where a list could not be read or followed, of more than six undeclared imports (an import path that is not
    understood), of packages that are not called by a name, and of hedged or partial statements."""
    state = ({"declared": "not declared", "not declared": "declared"}.get(claim.state, "") if claim.denied else str(claim.state))  # fmt: skip
    if claim.path:
        place = find(case, claim.path, said=claim.quote)
        if place.how != "there":
            return there(claim.path, claim.quote, place, case)
    if claim.package.strip().lower() in ("all", "every", "everything", "dependencies", "all dependencies"):
        if state == "declared":
            return _all_declared(case) or (_all_declared_in(claim, case) if claim.path and claim.every else None)
        return _all_locked(case) if state == "locked" else _all_pinned(claim, case) if state == "pinned" else None
    return _one(claim, state, case) if state in ("declared", "not declared", "pinned", "locked") else None


def _lists(case: Case) -> tuple[File, ...]:
    return case.snapshot.select((*DECLARATIONS, *LOCKS), stubs=True).chosen


def _all_declared(case: Case) -> Settled | None:
    ours = {normal_name(n) for n in own(case)[0]}
    lacking = [i for i in unlisted(case.snapshot) if normal_name(i.name.split(".")[0]) not in ours]
    if not lacking or len(lacking) > 6:
        return None
    called, one = ", ".join(i.packages[0] for i in lacking), lacking[0]
    looked = absence(f"{called}: looked for in all dependency lists, lock files and installation commands of the repository.")  # fmt: skip
    shows = f"{one.path}:{one.line} imports {one.name.split('.')[0]}; no dependency list or lock file of the repository has {one.packages[0]}."
    evidence = (*(case.snapshot.files[i.path].cite(i.line) for i in lacking[:3]), looked)
    return Settled("contradicted", shows, evidence, f"The sentence says that all dependencies are listed; {called} {'is' if len(lacking) == 1 else 'are'} not.", "dependencies:all", True)  # fmt: skip


def _all_declared_in(claim: Dependency, case: Case) -> Settled | None:
    place = find(case, claim.path, said=claim.quote)
    if claim.group not in ("unknown", "main") or place.how != "there" or len(place.paths) != 1 or place.why:
        return None
    ours = {normal_name(n) for n in own(case)[0]}
    tests = claim.group == "unknown"
    lacking = [
        i for i in lacks_imports(case.snapshot, place.path, tests) if normal_name(i.name.split(".")[0]) not in ours
    ]
    if not lacking or len(lacking) > 6:
        return None
    called, one = ", ".join(i.packages[0] for i in lacking), lacking[0]
    shows = f"{one.path}:{one.line} imports {one.name.split('.')[0]}; {place.path} and the lists that it takes in do not have {one.packages[0]}."
    looked = absence(
        f"{called}: looked for in {place.path}, the lists that it takes in, all other lists, and lock files."
    )
    evidence = (*(case.snapshot.files[i.path].cite(i.line) for i in lacking[:3]), looked)
    return Settled("contradicted", shows, evidence, f"The sentence says that {place.path} lists all dependencies; {called} {'is' if len(lacking) == 1 else 'are'} not in it.", "dependencies:all", True)  # fmt: skip


def _all_locked(case: Case) -> Settled | None:
    lacking = missing_from_lock(case.snapshot.select((*DECLARATIONS, *LOCKS), stubs=True))
    if not lacking:
        return None
    called, first = ", ".join(dict.fromkeys(p.name for p in lacking)), lacking[0]
    missing = fact(f"Not in the lock file: {called}.", *(f"{p.path}:{p.line}" for p in lacking))
    shows = f"{first.path} declares {called}; the lock file beside it does not have {'it' if len(lacking) == 1 else 'them'}."
    return Settled("contradicted", shows, (*(case.snapshot.files[p.path].cite(p.line) for p in lacking[:3]), missing), "The sentence says that the lock file pins the environment; it is not in step with the declarations.", "lock:environment", True)  # fmt: skip


def _all_pinned(claim: Dependency, case: Case) -> Settled | None:
    known = declarations(case.snapshot.select(DECLARATIONS, stubs=True))
    place = find(case, claim.path) if claim.path else None
    listing = {p.path for p in known.packages if p.how == "listed"}
    paths = [p for p in known.by_path if p in listing and (place is None or p in place.paths)]
    several = claim.every and place is None  # then each list has to be
    if known.unread or not paths or (len(paths) != 1 and not several) or any(locked([f]) for f in _lists(case)):
        return None
    listed = [p for path in paths for p in known.by_path[path] if p.how == "listed"]
    loose = [p for p in listed if not p.pinned]
    paths = [p.path for p in loose[:1]] if several else paths
    if not loose or (not claim.every and len(loose) <= len(listed) / 2):
        return None
    shows = f"{paths[0]}: {len(loose)} of {len(listed)} entries are not pinned to one version."
    note = fact(f"Not pinned: {', '.join(p.name for p in loose[:6])}", *(f"{p.path}:{p.line}" for p in loose[:6]))
    return Settled("contradicted", shows, (*(case.snapshot.files[p.path].cite(p.line) for p in loose[:2]), note), "The sentence says that the dependencies are pinned; these are not.", "dependencies:pinned", True)  # fmt: skip


def _one(claim: Dependency, state: str, case: Case) -> Settled | None:
    if not re.fullmatch(r"[A-Za-z0-9][\w.&\[\] -]*", claim.package.strip("` ")):
        return None
    known = declarations(case.snapshot.select(DECLARATIONS, stubs=True))
    wanted, about = called(claim.package), f"dependency:{normal_name(claim.package.strip('` '))}"
    found = [p for p in known.packages if p.name in wanted and p.how in ("listed", "image", "script")]
    if not found:
        return None  # another package may bring it along
    cited = tuple(case.snapshot.files[p.path].cite(p.line) for p in found[:2])
    one = found[0]
    at = f"{one.path}:{one.line} asks for {one.name}{one.spec}"
    if state == "not declared":
        return Settled("contradicted", f"{at}.", cited, f"The sentence says that {claim.package} is not declared; it is.", about)  # fmt: skip
    listed = [p for p in found if p.how == "listed"]
    if state == "pinned" and listed and not any(p.pinned for p in found) and not any(locked([f]) for f in _lists(case)):
        return Settled("contradicted", f"{at}, which allows more than one version.", cited, f"The sentence says that {claim.package} is pinned; it is not.", about, True)  # fmt: skip
    groups = {("dev" if set(re.split(r"[-_.\s]", p.group.lower())) & _DEV else "other") if p.group else "main" for p in listed}  # fmt: skip
    grouped = groups <= {"main", "dev"} and all(p.path.endswith("pyproject.toml") for p in listed)
    if claim.group in ("main", "dev") and listed and grouped and claim.group not in groups:
        return Settled("contradicted", f"{at}, in {one.group or 'the dependencies of the project itself'}.", cited, f"The sentence says that {claim.package} is a {claim.group} dependency.", about, True)  # fmt: skip
    return Settled("supported", f"{at}.", cited, about=about)


# -- versions ----------------------------------------------------------------------------------------------------------

_NUMBER = compile_later(r"v?(\d+(?:\.\d+)*)")


@settles("version")
def version(claim: Version, case: Case) -> Settled | None:
    """Compares a Python version with what the project requires, the images start from, or the workflows set up, as `place` says;
    with all three where it says nothing. A package's version with lock files and exact pins. Contradicted only where the place
    names versions and none is the stated one; where it is the oldest (`>=3.9`), pins say nothing; a range of Python's versions, or several, only against the range that the project
    requires, release by release. Says nothing of other ranges, of versions set from outside, and of denials."""
    given = claim.value.strip("` ")
    python = claim.of.strip("` ").lower() in ("python", "cpython", "python version")
    if python and claim.place == "project" and not claim.denied and re.match(r"[<>=~!].*(?:[,|]|\.\*)", given):
        return _python_range(claim, given, case)
    floor = python and claim.place == "project" and (given.startswith(">=") or given.endswith("+"))
    match = _NUMBER.fullmatch(given.strip(">=+ " if floor else "=").removesuffix(".x").rstrip("."))
    if claim.denied or match is None:
        return None
    return _python(claim, match[1], case, floor) if python else _package(claim, match[1], case)


def _python(claim: Version, said: str, case: Case, floor: bool = False) -> Settled | None:
    users = claim.place == "project" and for_users(case)
    held = list(_required(claim, case)) if users else [h for h in pythons(case.snapshot) if claim.place in (h.place, "unknown")]  # fmt: skip
    if floor:  # what developers have pinned says nothing of what else it runs on
        held = [h for h in held if not h.version.startswith("==")]
    about = f"version:python:{claim.place}"
    fits = next((h for h in held if (allows if h.place == "project" else begins)(h.version, said)), None)
    if fits:
        return Settled("supported", f"{fits.file.path}: {fits.version}.", (fits.file.cite(fits.line),), about=about)
    if not held or "." not in said or (claim.place == "unknown" and len({h.place for h in held}) < 2):
        return None
    if any(said in h.file.text for h in held) or (claim.place == "image" and not _all_known(case, said)):
        return None
    shows = "; ".join(dict.fromkeys(f"{h.file.path} has {h.version}" for h in held[:4]))
    return Settled("contradicted", f"{shows}.", tuple(h.file.cite(h.line) for h in held[:4]), f"The sentence says Python {said}.", about, True)  # fmt: skip


def _all_known(case: Case, said: str) -> bool:
    """Whether the Python of every own image is named, and nothing has an image use another one than its base brings."""
    pinned = (h for h in pythons(case.snapshot) if h.place == "project" and h.version.startswith("=="))
    if any(allows(h.version, said) for h in pinned):
        return False
    return all(b.python and not b.open for file, _ in dockerfiles(case.snapshot) for b in bases(file) if not b.stage)


def _required(claim: Version, case: Case) -> tuple[Named, ...]:
    """What the project requires that a document for users speaks of; nothing where its sentence may speak of another one."""
    placed = case.placed(claim)
    if placed is None:
        return ()
    path = case.report.place(placed.line)[0]
    return required(case.snapshot, posixpath.dirname(path)) if of_this_project(placed, case) else ()


def _python_range(claim: Version, said: str, case: Case) -> Settled | None:
    """A range of specifiers, or several apart by ` | `, against each that a pyproject.toml requires."""
    held = [h for h in pythons(case.snapshot) if h.place == "project" and h.file.name == "pyproject.toml"]
    held = list(_required(claim, case)) if for_users(case) else held
    wrong = [(h, next((o for one in said.split(" | ") if (o := outside(one, h.version))), "")) for h in held]
    about = "version:python:project"
    if not held or not all(o for _, o in wrong):
        fits = next((h for h, o in wrong if not o), None)
        return Settled("supported", f"{fits.file.path}: {fits.version}.", (fits.file.cite(fits.line),), about=about) if fits else None  # fmt: skip
    shows = "; ".join(dict.fromkeys(f"{h.file.path} has {h.version}" for h in held[:4]))
    plain = said.replace("==", "").replace(".*", "").replace(" | ", ", ")
    return Settled("contradicted", f"{shows}.", tuple(h.file.cite(h.line) for h in held[:4]), f"The sentence says Python {plain}, and {wrong[0][1]} is not in that range.", about, True)  # fmt: skip


def _package(claim: Version, said: str, case: Case) -> Settled | None:
    known = declarations(case.snapshot.select(DECLARATIONS, stubs=True))
    wanted = called(claim.of)
    pins = [p for p in known.packages if p.name in wanted and p.how != "constraint"]
    locks = [p for f in _lists(case) for p in locked([f]) if p.name in wanted]
    exact: list[tuple[Package, str]] = [(p, m[1]) for p in (*locks, *(q for q in pins if q.pinned)) if (m := re.search(r"(\d+(?:\.\d+)*)", p.spec))]  # fmt: skip
    about = f"version:{normal_name(claim.of.strip('` '))}"
    files = case.snapshot.files
    fits = next((p for p, v in exact if begins(v, said)), None)
    if fits:
        return Settled("supported", f"{fits.path}:{fits.line} has {fits.name} {fits.spec}.", (files[fits.path].cite(fits.line),), about=about)  # fmt: skip
    if (
        not exact
        or names(case.snapshot).made("uv.lock")
        or any(not p.pinned and p.spec and allows(p.spec, said) for p in pins if not locks)
    ):
        return None
    shows = "; ".join(f"{p.path}:{p.line} has {p.name} {v}" for p, v in exact[:3])
    return Settled("contradicted", f"{shows}.", tuple(files[p.path].cite(p.line) for p, _ in exact[:3]), f"The sentence says {said}.", about, True)  # fmt: skip
