"""What package managers run by themselves, without a task of anybody's: `hatch fmt`, `uv format`, `rye lint`, `pixi exec`."""

import shlex
from collections.abc import Iterator

from auditor.facts.scenes import Call, Lookup, Script, said
from auditor.facts.tasks import hatch as hatch_run
from auditor.facts.tasks import hatch_scripts, hatch_table, hatch_task, poe
from auditor.facts.tasks import pixi as pixi_run
from auditor.facts.tasks import rye as rye_run

# the scripts of the environments that hatch brings; a project's own of that name win
_HATCH_OWN: dict[str, dict[str, str]] = {
    "hatch-static-analysis": {
        "format-check": "ruff format --check --diff {args:.}",
        "format-fix": "ruff format {args:.}",
        "lint-check": "ruff check {args:.}",
        "lint-fix": "ruff check --fix {args:.}",
    },
    "hatch-test": {
        "run": "pytest {args:tests}",
        "run-cov": "coverage run -m pytest {args:tests}",
        "cov-combine": "coverage combine",
        "cov-report": "coverage report",
    },
}
_HATCH_VERBS = frozenset(
    ["build", "clean", "config", "dep", "env", "new", "project", "publish", "python", "self", "shell", "status", "version"]
)  # fmt: skip


def _here(call: Call, *texts: str) -> Iterator[Script]:
    return iter([said(call.file, text, call.line, call) for text in texts])


def _flags(words: tuple[str, ...]) -> set[str]:
    return {w.partition("=")[0] for w in words if w.startswith("-")}


def hatch(lookup: Lookup, call: Call) -> Iterator[Script] | None:
    """`hatch fmt` (linter and formatter, with `--check` or putting right), `hatch test` (with coverage if asked for), and
    `hatch run`, `hatch env run`."""
    at = 1
    while at < len(call.words) and call.words[at].startswith("-"):
        at += 2 if call.words[at] in ("-e", "--env", "-p", "--project") else 1
    verb = call.words[at : at + 1]
    flags = _flags(call.words[at + 1 :])
    if verb == ("fmt",):
        lints, formats = bool(flags & {"-l", "--linter"}), bool(flags & {"-f", "--formatter"})
        end = "check" if "--check" in flags else "fix"
        names = [f"lint-{end}"] * (lints or not formats) + [f"format-{end}"] * (formats or not lints)
        return _own(lookup, call, "hatch-static-analysis", names)
    if verb == ("test",):
        return _own(lookup, call, "hatch-test", ["run-cov" if flags & {"-c", "--cover", "--cover-quiet"} else "run"])
    if verb == ("env",) and call.words[at + 1 : at + 2] == ("run",):
        return _hatch_env_run(lookup, call, list(call.words[at + 2 :]))
    if verb == ("run",) and at + 1 < len(call.words):
        environment, _, name = call.words[at + 1].rpartition(":")
        if environment in _HATCH_OWN and name in _HATCH_OWN[environment]:
            return _own(lookup, call, environment, [name])
        return hatch_run(lookup, call)
    if verb and verb[0] not in _HATCH_VERBS:
        lookup.lost(call, "a command of hatch that is not known here")
    return None


def _own(lookup: Lookup, call: Call, environment: str, names: list[str]) -> Iterator[Script]:
    file, environments = hatch_table(lookup, call)
    own = hatch_scripts(environments, environment, 0) if environment in environments else {}
    for name in names:
        if file is not None and name in own:
            yield from hatch_task(lookup, call, file, own, name)
        else:
            default = _HATCH_OWN[environment][name]
            yield from _here(call, default.partition("{args")[0].strip())


def _hatch_env_run(lookup: Lookup, call: Call, words: list[str]) -> Iterator[Script] | None:
    """`hatch env run [-e ENV] [--] COMMAND`."""
    environment = "default"
    while words and words[0].startswith("-"):
        if words[0] in ("-e", "--env") and len(words) > 1:
            environment = words[1]
        taken = 2 if words[0] in ("-e", "--env", "-f", "--filter", "-i", "--include", "-x", "--exclude") else 1
        if words[0] == "--":
            words = words[1:]
            break
        words = words[taken:]
    if not words:
        return None
    file, environments = hatch_table(lookup, call)
    scripts = hatch_scripts(environments, environment, 0)
    if file is not None and words[0] in scripts:
        return hatch_task(lookup, call, file, scripts, words[0])
    return _here(call, shlex.join(words))


def uv(_: Lookup, call: Call) -> Iterator[Script] | None:
    """`uv format`: ruff's formatter, with what stands behind `--` handed on."""
    if call.words[1:2] != ("format",):
        return None
    checks = [f for f in ("--check", "--diff") if f in call.words]
    return _here(call, " ".join(["ruff format", *checks]))


def rye(lookup: Lookup, call: Call) -> Iterator[Script] | None:
    """`rye fmt`, `rye lint` (or `check`) and `rye test`, and `rye run`."""
    verb = call.words[1] if len(call.words) > 1 else ""
    if verb in ("fmt", "format"):
        return _here(call, "ruff format --check" if _flags(call.words) & {"--check"} else "ruff format")
    if verb in ("lint", "check"):
        return _here(call, "ruff check --fix" if _flags(call.words) & {"--fix"} else "ruff check")
    if verb == "test":
        return _here(call, "pytest")
    return rye_run(lookup, call)


def pixi(lookup: Lookup, call: Call) -> Iterator[Script] | None:
    """`pixi exec PROGRAM` (or `x`), and `pixi run`."""
    if call.words[1:2] not in (("exec",), ("x",)):
        return pixi_run(lookup, call)
    at = 2
    while at < len(call.words) and call.words[at].startswith("-"):
        at += 2 if call.words[at] in ("-s", "--spec", "-w", "--with", "-c", "--channel", "-p", "--platform") else 1
    return _here(call, shlex.join(call.words[at:])) if at < len(call.words) else None


def poetry(lookup: Lookup, call: Call) -> Iterator[Script] | None:
    """`poetry poe NAME`, by poe's plugin."""
    return poe(lookup, call.with_words(list(call.words[1:]))) if call.words[1:2] == ("poe",) else None
