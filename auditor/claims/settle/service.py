"""Cloud services that the group says it uses, and their regions, machines and registries, against commands, specifications and
code. What is set up in a console is never seen: most of this stays open."""

from auditor.claims.case import Case, Placed, Settled, fact, settles
from auditor.claims.kinds import Service
from auditor.claims.practices import SOFT, at, denial, names, phrases, shape, stands, words, wordset
from auditor.claims.settle.buckets import bucket
from auditor.facts.cloud import ANY_REGION, MACHINE, cloud_values
from auditor.facts.services import SERVICES, Use, service, service_uses, spoken_of, stated
from auditor.prose import Statement

_CARDS = ("t4", "v100", "p100", "p4", "k80", "a100", "h100", "l4")


@settles("service")
def cloud_service(claim: Service, case: Case) -> Settled | None:
    """A service of Google Cloud by its product name. A list that is called complete: contradicted (a detail) by a service that a
    command, build file or import uses and no sentence of the answer names; by a mere specification or build file only where
    another answer tells of the service. Denied: contradicted by a workflow's command or an import, or by another answer that uses
    it. A region, machine type or accelerator: contradicted (a detail) where all commands or specifications of that very service
    that name one name others, and no file has this one anywhere. Container Registry: contradicted where all images go to Artifact
    Registry's hosts. A bucket: by one that differs in a letter or two. Open: everything that only a console shows, values from variables, other clouds."""
    if claim.what == "complete list" and not claim.denied:
        return _listed(claim, case)
    name = service(claim.service)
    if not name:
        return None
    if claim.denied:
        return _denied(claim, name, case) if claim.what == "used" else None
    if name == "Container Registry" or claim.what == "registry host":
        return _registry(claim, name, case)
    if claim.what in ("region", "machine type", "accelerator"):
        return _value(claim, name, case)
    if claim.what == "bucket" and name == "Cloud Storage":
        return bucket(claim.value, case.snapshot)
    return _used(name, case) if claim.what == "used" else None


# -- lists -------------------------------------------------------------------------------------------------------------


def _listed(claim: Service, case: Case) -> Settled | None:
    placed = case.placed(claim)
    if placed is None or not claim.value:
        return None
    told = " ".join(s.plain for s in case.prose.statements if s.question.n == placed.question.n and s.kind != "html")
    left_out: dict[str, Use] = {}
    for use in service_uses(case.snapshot):
        name = use.service
        if name in left_out or spoken_of(name, f"{told} {claim.value}") or _given_up(name, case):
            continue
        # a job's specification or a build's steps may never have run
        idle = use.how == "specification" or (name == "Cloud Build" and use.how == name)
        if idle and not _told_of(name, placed, case):
            continue
        left_out[name] = use
    if not left_out:
        return None
    *most, last = left_out
    several = f"{', '.join(most)} and {last}" if most else last
    return Settled(
        "contradicted", "; ".join(f"{u.file.path}:{u.line} uses {name}" for name, u in left_out.items()) + ".",
        tuple(u.file.cite(u.line) for u in left_out.values()),
        f"The question asks for all services; the answer leaves out {several}.", "services", True,
    )  # fmt: skip


def _about(name: str, statement: Statement) -> bool:
    """Whether a sentence names a service by its product name."""
    small = statement.plain.lower().replace("-", " ")
    bare = name.lower().removesuffix(" ai")
    return bare in small or bare.replace(" ", "") in small


def _given_up(name: str, case: Case) -> bool:
    """Whether an answer tells that the service was only tried, or left out after all: such a word close before its name, or it or
    a no behind."""
    for statement in case.prose.sentences():
        if not _about(name, statement):
            continue
        said = words(statement.plain)
        ends = [at(said, i, name.lower().removesuffix(" ai")) for i in range(len(said))]
        for end in filter(None, ends):
            behind = said[end : end + 10]
            denied = any(w in ("not", "never", "cannot") or w.endswith("n't") for w in behind)
            if set(said[max(0, end - 9) : end]) & _LEFT or denied or names(behind, _FAILED):
                return True
    return False


_LEFT = wordset("instead rather without tried attempted trying gave not didn't never")
_ELSE = (SOFT | _LEFT | wordset("over than versus no only experimenting")) - {"most"}
_FAILED = phrases("unsuccess*, did not work, didn't work, did not succeed, was not used, abandon*, deprecated, unused")


def _told_of(name: str, placed: Placed, case: Case) -> bool:
    """Whether another answer tells firmly of it."""
    return any(
        s.question.n != placed.question.n and s.firm and not s.negated and _about(name, s) for s in case.prose.sentences()
    )  # fmt: skip


# -- used --------------------------------------------------------------------------------------------------------------


def _used(name: str, case: Case) -> Settled | None:
    found = next((u for u in service_uses(case.snapshot) if u.service == name), None)
    if found is None:
        return None
    return Settled(
        "supported",
        f"{found.file.path}:{found.line} uses {name}.",
        (found.file.cite(found.line),),
        about=f"service:{name}",
    )


def _denied(claim: Service, name: str, case: Case) -> Settled | None:
    placed = case.placed(claim)
    said = words(claim.quote)
    plain = claim.role == "unknown" and denial(claim.quote, shape(name, name, claim.service))
    if name not in SERVICES or not (plain or _not_used(said, name)):
        return None
    about = f"service:{name}"
    here = placed.question.n if placed else 0
    others = [(p, p.claim) for p in case.claims if isinstance(p.claim, Service) and service(p.claim.service) == name]
    if any(p.question.n == here and not c.denied for p, c in others):
        return None
    found = next((u for u in service_uses(case.snapshot) if u.service == name and u.how in ("workflow", "code")), None)
    if found is not None:
        return Settled(
            "contradicted", f"{found.file.path}:{found.line} uses {name}.", (found.file.cite(found.line),),
            f"The sentence says that {name} was not used; the repository uses it.", about,
        )  # fmt: skip
    roles = ("unknown", claim.role)  # what is left out for one thing may be used for another
    used = [
        p for p, c in others if not c.denied and c.what == "used" and c.strength == "plain" and p.question.n != here
    ]
    used = [p for p, c in others if p in used and (claim.role == "unknown" or c.role in roles[1:])]
    told = next((p for p in used if _by_name(name, p.claim.quote) and not set(words(p.claim.quote)) & _ELSE), None)
    if told is None:
        return None
    return Settled(
        "contradicted", f"The answer to question {told.question.n} says (line {told.line}): “{' '.join(told.claim.quote.split())[:160]}”",
        (case.quoted(told),), f"One answer says that {name} was not used, the other uses it.", about, rule="prose-contradicts-prose",
    )  # fmt: skip


_IS_NOT = phrases("has not been, hasn't been, have not been, was not, wasn't, is not, isn't, were not, was never, has never been, was ultimately not")  # fmt: skip
_USED = wordset("used utilized utilised employed needed")
_REACHES = wordset(". ; ! in this our the project since because as at all but , and instead ) which so")


def _not_used(said: list[str], name: str) -> bool:
    """Whether words say of a product by its name that it was not used, without a limit: "X has not been used in this project"."""
    end = stands(said, name.lower())
    if not end or not set(said[: end - len(name.split())]) <= {
        "the",
        "google",
        "gcp",
        "cloud",
        "however",
        "therefore",
        ",",
        "thus",
    }:
        return False
    for form in _IS_NOT:
        after = at(said, end, form)
        if after and said[after : after + 1] and said[after] in _USED:
            rest = said[after + 1 : after + 5]
            return set(rest[:1]) <= _REACHES and set(rest[:3]) <= _REACHES | {"we", "have"}
    return False


def _by_name(name: str, quote: str) -> bool:
    """Whether a quote has the product's name as words of their own, not as one of two of which either is used."""
    said = words(quote)
    end = stands(said, " ".join(words(name)))
    return bool(end) and "or" not in (*said[end : end + 1], *said[max(0, end - 4) : end])


# -- registries --------------------------------------------------------------------------------------------------------


def _registry(claim: Service, name: str, case: Case) -> Settled | None:
    """A registry's host against those that files name. Artifact Registry serves gcr.io, too; Container Registry never pkg.dev."""
    known = [v for v in cloud_values(case.snapshot) if v.kind == "registry" and v.value.endswith(("pkg.dev", "gcr.io"))]
    hosts = sorted({v.value for v in known})
    small = claim.value.lower().strip("/")
    said = " ".join(words(claim.quote))
    if claim.what == "registry host":
        host = small.split("/")[0]
        wrong = host.endswith(("pkg.dev", "gcr.io")) and bool(hosts) and host not in hosts
    else:
        meant = "container registry" in said and "artifact" not in said
        wrong = meant and bool(hosts) and all(h.endswith("pkg.dev") for h in hosts)
    if not wrong:
        return None
    first = known[0]
    return Settled(
        "contradicted", f"{first.path}:{first.line} names {first.value}.",
        (case.snapshot.files[first.path].cite(first.line), fact(f"All registries that files name: {', '.join(hosts)}.", f"{first.path}:{first.line}")),
        f"The sentence names {claim.value or claim.service}; the files use {', '.join(hosts)}.", "service:registry", True,
    )  # fmt: skip


# -- regions, machines -------------------------------------------------------------------------------------------------


def _value(claim: Service, name: str, case: Case) -> Settled | None:
    """One value against those of all commands and specifications of the service; a value that stands in some file is none's slip."""
    small = claim.value.lower().strip()
    everywhere = {v for c in cloud_values(case.snapshot) for v in (c.value.lower(), c.region)}
    if claim.what == "region":
        found = ANY_REGION.search(small)
        value = found[0] if found else ""
    elif claim.what == "machine type":
        machine = MACHINE.search(small)
        value = machine[0].lower() if machine else ""
    else:
        value = next((c for c in _CARDS if c in small.replace("-", " ").replace("_", " ").split()), "")
    if not value or value in everywhere:
        return None
    told = stated(case.snapshot, name, claim.what)
    values = sorted({g for g, _ in told})
    if not values or any(value in g.split("_") for g in values):
        return None
    return Settled(
        "contradicted", f"{told[0][1].path}:{told[0][1].start} has {', '.join(values)}.", tuple(e for _, e in told[:3]),
        f"The sentence gives the {claim.what} {value} for {name}; the files have {', '.join(values)}.", f"service:{claim.what}", True,
    )  # fmt: skip
