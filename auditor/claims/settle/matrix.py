"""What tests run on in continuous integration: systems and versions, in the combinations that are really built."""

import re

from auditor.claims.case import Case, Settled, settles
from auditor.claims.kinds import Matrix
from auditor.claims.settle.workflows import contradicted, meant, supported, sure_of_all
from auditor.facts.civalues import ci_values
from auditor.facts.platforms import pythons, same_version, systems, unread_axis
from auditor.facts.purposes import pipelines
from auditor.facts.traces import named
from auditor.facts.workflows import OTHER_HOSTS, UNREAD_HOSTS, CiWorkflow
from auditor.readers.text import readable

_SYSTEMS = {"ubuntu": "linux", "linux": "linux", "windows": "windows", **dict.fromkeys(("macos", "mac", "osx", "mac os"), "macos")}  # fmt: skip
_NAMES = {"linux": "Linux", "windows": "Windows", "macos": "macOS"}


@settles("matrix")
def matrix(claim: Matrix, case: Case) -> Settled | None:
    """Compares systems, Python versions or versions of a dependency with those of the jobs that run tests, systems also with those of
    the jobs that lint, format, check types or measure coverage, where the words say so: matrices as they are built
    (`include`, `exclude`, values from callers), axes that a step reads, and the version that uv takes from `.python-version`
    over setup-python's. Contradicted where no such job has a value (and no other job or line of CI names it), where `every` and
    `complete` leave out one that is there, where several are said without names and there is one, or one and there are several.
    Says nothing of workflows for something else, of machines or versions that are only known when CI runs, and of CI elsewhere."""
    ci = pipelines(case.snapshot)
    among: tuple[CiWorkflow, ...] | None = None
    if claim.path:
        found = meant(case, claim.path, claim.purpose)
        if found is None:
            return None
        among = found.workflows
    if not sure_of_all(ci) or case.snapshot.select((*OTHER_HOSTS, *UNREAD_HOSTS)):
        return None  # another host may test on other systems and versions
    if claim.purpose not in ("unknown", "any", "all", "tests"):
        holding = case.prose.holding(claim.quote)
        sentence = holding.text if holding else claim.quote
        alone = claim.axis == "os" and claim.purpose in _ITS_OWN and named(sentence, claim.purpose)
        if not alone or "test" in sentence.lower():
            return None  # what tests, or what only builds, may be meant
        return _systems(claim, case, among, claim.purpose)
    settle = {"os": _systems, "python": _pythons, "dependency": _dependencies}[claim.axis]
    return settle(claim, case, among)


_ITS_OWN = ("linting", "formatting", "typing", "coverage")


def _systems(claim: Matrix, case: Case, among: tuple[CiWorkflow, ...] | None, purpose: str = "tests") -> Settled | None:
    here = systems(case.snapshot, among, purpose)
    everywhere = here if purpose != "tests" else systems(case.snapshot)
    others = everywhere.others if purpose == "tests" else frozenset()
    said = {
        _SYSTEMS.get(re.sub(r"[-_ ]*(latest|[\d.]+)$", "", v.lower().strip()).replace("-", " "), "")
        for v in claim.values
    }
    if not here.tested or not everywhere.known or "" in said:
        return None
    shows = here.shown + "."
    if claim.denied:
        wrong = len(here.live) > 1 if len(said) != 1 else said <= here.live
        lacks = f"The {purpose} do run on {_listed(here.live)}."
        return contradicted("os:several", shows, lacks, *here.evidence) if wrong else None
    if not said:
        if len(everywhere.used) == 1 or (purpose != "tests" and len(here.tested) == 1):
            which = (
                f"All jobs of all workflows run on {_listed(everywhere.used)}."
                if len(everywhere.used) == 1
                else f"{purpose.capitalize()} runs on {_listed(here.tested)}."
            )
            return contradicted("os:several", shows, which, *here.evidence)
        return supported("os:several", shows, *here.evidence) if len(here.live) > 1 else None
    missing = sorted(said - set(here.tested) - others - set(everywhere.tested))
    if missing:
        return contradicted(
            f"os:{missing[0]}",
            shows,
            f"No job that runs {purpose} uses {_listed(missing)}.",
            *here.evidence,
            detail=True,
        )
    extra = sorted(here.live - said)
    if claim.complete and claim.every and extra:
        return contradicted(
            "os:only", shows, f"The {purpose} also run on {_listed(extra)}.", *here.evidence, detail=True
        )
    return supported("os:named", shows, *here.evidence) if said <= here.live else None


def _listed(names: object) -> str:
    shown = [_NAMES.get(n, n) for n in sorted(names)]  # type: ignore[call-overload]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _pythons(claim: Matrix, case: Case, among: tuple[CiWorkflow, ...] | None) -> Settled | None:
    here = pythons(case.snapshot, among)
    said = [re.sub(r"^(?:cpython|python|py)?[ -]*v?", "", v.lower().strip()) for v in claim.values]
    if here is None or not all(re.fullmatch(r"3\.\d+(\.(\d+|x|\*))?", v) for v in said):
        return None
    said = [v.removesuffix(".x").removesuffix(".*") for v in said]
    known = here.values.values
    evidence = tuple(f.cite(line, note="the Python of a job that runs tests") for f, line in here.values.places[:3])
    where = ", ".join(dict.fromkeys(f"{f.path}:{line}" for f, line in here.values.places[:3]))
    shows = f"{where}: tests run on Python {', '.join(known)}."
    several = len(here.minors) > 1
    if claim.denied:
        if len(said) == 0 and several and not here.pinned:
            return contradicted("python:several", shows, "The tests run on several versions.", *evidence)
        return None
    idle = [
        v for v in said if here.pinned and not same_version(v, here.pinned) and any(same_version(v, k) for k in known)
    ]
    if here.pinned and (idle or (not said and several)):
        shows = f"{shows} They run through uv, which takes the version of .python-version ({here.pinned}), whatever setup-python has put on the path."
        lacks = f"No test runs on Python {idle[0]}." if idle else f"Every test runs on Python {here.pinned}."
        return contradicted("python:pinned", shows, lacks, *here.proof, *evidence[:1], detail=True)
    if not said:
        if several or here.silent:
            return supported("python:several", shows, *evidence) if several else None
        return contradicted("python:several", shows, "The jobs that run tests set up one version only.", *evidence)
    ci = pipelines(case.snapshot)
    kept = case.snapshot.files.get(".python-version")
    text = ci.text + ("\n" + kept.text if kept and readable(kept) else "")
    for version in (v for v in said if not any(same_version(v, k) for k in known)):
        unread = unread_axis(version, ci.workflows)
        listed = re.search(rf"(?<![\d.]){re.escape('.'.join(version.split('.')[:2]))}(?!\d)", text)
        if (listed and not unread) or here.silent:
            return None
        if unread:
            workflow, line, axis = unread
            evidence = (workflow.file.cite(line, note=f"no step reads the axis `{axis}`"), *evidence)
            shows = f"{workflow.path}:{line} lists {version}, but no step reads the axis `{axis}`; {shows}"
        return contradicted(f"python:{version}", shows, f"No test runs on Python {version}.", *evidence, detail=True)
    extra = [k for k in known if not any(same_version(v, k) for v in said)]
    if claim.complete and claim.every and extra:
        return contradicted(
            "python:only", shows, f"The tests also run on Python {', '.join(extra)}.", *evidence, detail=True
        )
    return supported("python:named", shows, *evidence) if here.sure else None


def _dependencies(claim: Matrix, case: Case, among: tuple[CiWorkflow, ...] | None) -> Settled | None:
    """Versions of a framework, where a matrix holds one framework's."""
    ci = pipelines(case.snapshot)
    axes = [
        v for v in ci_values(ci.workflows if among is None else among) if v.kind not in ("os", "python") and v.matrix
    ]
    said = [m[0] for v in claim.values if (m := re.search(r"\d+\.\d+(\.\d+)?$", v.strip()))]
    if len(axes) != 1 or claim.denied or len(said) != len(claim.values) or not said:
        return None
    value = axes[0]
    evidence = tuple(f.cite(line, note=f"the versions of {value.kind} under test") for f, line in value.places[:2])
    shows = f"{value.places[0][0].path}:{value.places[0][1]} tests {value.kind} {', '.join(value.values)}."
    missing = [v for v in said if not any(same_version(v, k.strip("=<>~^v")) for k in value.values)]
    if not missing:
        return supported(f"{value.kind}:named", shows, *evidence)
    if missing[0] in ci.text:
        return None
    return contradicted(
        f"{value.kind}:{missing[0]}", shows, f"No workflow names {value.kind} {missing[0]}.", *evidence, detail=True
    )
