"""What a command gives a Hydra program: keys, groups, options of groups, and the name of a configuration."""

import re

from auditor.claims.case import Settled, absence
from auditor.claims.names import word_set
from auditor.claims.settle.commands import Run, like
from auditor.facts.commandline import programs
from auditor.facts.commands import value
from auditor.facts.configuration import Configuration, configuration
from auditor.facts.names import placeholder
from auditor.facts.runners import image_program, program_file
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.readers import readable

_OVERRIDE = compile_later(r"^(\+{0,2}|~)?([A-Za-z_][\w./@-]*)=(.*)$", re.DOTALL)
_OTHERS = word_set("docker git conda mamba pip pip3 gcloud make invoke inv cd")


def overrides(run: Run) -> Settled | None:
    """`key=value` and `--config-name N` after a program that uses Hydra, against all YAML configuration and dataclasses (the last
    part of a key is enough), the folders that are groups, and their options. Keys that are added with `+`, `hydra.*`, values
    of environment variables and a repository with configuration that does not parse are left alone."""
    given = _given(run)
    if not any("=" in w or w.startswith(("--config-name", "-cn")) for w in given):
        return None
    config = configuration(run.case.snapshot)
    if config.broken or not config.files:
        word = next((w.split("=")[0] for w in given if "=" in w), "")
        return (_says(f"config:{word}", "", "", (absence("no configuration at this commit"),)) if run.known.earlier and word else None)  # fmt: skip
    name = value(tuple(given), "--config-name", "-cn").removesuffix(".yaml")
    last = name.rsplit("/", 1)[-1]
    if name and not placeholder(name) and re.fullmatch(r"[\w./-]+", name) and last not in config.files and name not in config.declared:  # fmt: skip
        return _no_config(run, name, config)
    for word in given:
        match = _OVERRIDE.match(word.strip(",;"))
        if match and not match[1] and (made := _override(run, match[2], match[3], config)):
            return made
    return None


def _says(about: str, shows: str, difference: str, evidence: tuple[Evidence, ...], detail: bool = True) -> Settled:
    return Settled("contradicted", shows, evidence, difference, about, detail)


def _given(run: Run) -> list[str]:
    """The words in which a Hydra program would see overrides; none for other commands."""
    if run.words[:2] in (("docker", "run"), ("podman", "run")):
        file, given, known = image_program(run.typed, run.known)
        if not known:
            return [w for w in given if not w.startswith("--")] if _only_hydra(run) else []
        return list(given) if file and "hydra" in {p.kind for p in programs(file)} else []
    if not run.words or run.words[0] in _OTHERS:
        return []
    file, rest = program_file(run.typed, run.known, run.folder or "")
    if file is None:
        return list(run.words[1:]) if run.known.earlier else []
    kinds = {p.kind for p in programs(file)}
    return list(rest) if "hydra" in kinds or (not kinds and "hydra" in file.text) else []


def _only_hydra(run: Run) -> bool:
    """Whether what trains by its name is a Hydra program."""
    trains = [f for p, f in run.files.items() if re.search(r"(^|/)train\w*\.py$", p) and readable(f)]
    return bool(trains) and all("hydra" in {p.kind for p in programs(f)} for f in trains)


def _no_config(run: Run, name: str, config: Configuration) -> Settled:
    near = like(name, sorted(config.files))
    missing = absence(f"no configuration file {name}.yaml")
    said = f"The command takes the configuration {name}; there is none of that name."
    if not near:
        return _says(f"config:{name}", f"There is no configuration {name}.yaml.", said, (missing,), False)
    path = config.files[near][0]
    return _says(f"config:{name}", f"There is no configuration {name}.yaml; {path} is there.", said, (run.files[path].exists(f"{path} is there"), missing))  # fmt: skip


def _override(run: Run, key: str, given: str, config: Configuration) -> Settled | None:
    if key.startswith("hydra") or placeholder(key) or placeholder(given) or re.search(r"\s", key) or key.isupper():
        return None
    group = config.group(key)
    if group and key not in config.keys:
        return _option(run, key, given, group, config)
    if config.has_key(key) or "@" in key or ("/" in key and key.split("/")[-1] in config.groups):
        return None
    known = sorted({k for k in config.keys if k.count(".") == key.count(".") and not re.search(r"\.\d+(\.|$)", k)})
    near = like(key, known) or like(key.rsplit(".", 1)[-1], sorted(config.groups))
    evidence: tuple[Evidence, ...] = (
        absence(f"no configuration key {key}, nor any that ends in {key.rsplit('.', 1)[-1]}"),
    )
    shows = f"No configuration file has a key {key}"
    if near in config.keys:
        path, line = config.keys[near]
        evidence = (run.files[path].cite(line), *evidence)
        shows += f"; {path}:{line} has {near}"
    elif near:
        shows += f"; there is a group {near}"
    return _says(f"config:{key}", f"{shows}.", f"The command sets {key}; the configuration has no such key.", evidence)


def _option(run: Run, key: str, given: str, group: str, config: Configuration) -> Settled | None:
    """An option of a group that none of its files gives."""
    folder = config.folders.get(group, "")
    for option in [o for o in re.split(r",\s*", given.strip("'\"[]")) if o]:
        computed = option in ("null", "default") or option.startswith(("choice", "range", "glob"))
        if placeholder(option) or computed or not re.fullmatch(r"[\w./-]+", option):
            return None
        stem = option.removesuffix(".yaml").rsplit("/", 1)[-1]
        if (
            stem in config.groups[group]
            or stem in config.leaves
            or stem in config.declared
            or stem in config.groups[group]
        ):
            continue  # what a ConfigStore holds completes the groups once `declared` is asked for
        known = sorted(config.groups[group])
        path = next((p for p in config.files.get(like(stem, known) or known[0], ()) if p.startswith(folder)), "")
        missing = absence(f"no {folder}/{stem}.yaml; the group {group} has: {', '.join(known)}"[:300])
        evidence = (run.files[path].exists(f"{path} is there"), missing) if path in run.files else (missing,)
        return _says(f"config:{key}={option}", f"The group {group} ({folder}) has no option {stem}.", f"The command chooses {key}={option}; the group has {', '.join(known[:6])}.", evidence)  # fmt: skip
    return None
