"""Profiles of the code, and their use."""

import ast
import re
from collections.abc import Callable, Iterator

from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.scaling.distributed import is_optional
from auditor.probes.tracking.files import is_null
from auditor.readers.commands import commands
from auditor.readers.python import Module, python
from auditor.readers.text import readable
from auditor.readers.yaml import yaml_documents
from auditor.repository import Unreadable
from auditor.snapshot import LINK, SUBMODULE, File, Files

_PROFILERS = (
    "torch.profiler.profile",
    "torch.autograd.profiler.profile",
    "torch.autograd.profiler.emit_nvtx",
    "torch.utils.bottleneck.",
    "torch.cuda.profiler.",
    "cProfile.",
    "profile.Profile",
    "profile.run",
    "pstats.Stats",
    "pyinstrument.Profiler",
    "pyinstrument.profile",
    "line_profiler.",
    "memory_profiler.",
    "viztracer.VizTracer",
    "yappi.start",
    "memray.Tracker",
    "scalene.",
    "tracemalloc.start",
    "jax.profiler.",
    "tensorflow.profiler.",
)
_PROFILER_CLASS = compile_later(r"(PyTorch|Simple|Advanced|XLA)Profiler$")
_PROFILER_PROGRAMS = (
    "cProfile", "profile", "pstats", "py-spy", "scalene", "kernprof", "line_profiler", "pyinstrument", "viztracer",
    "memray", "mprof", "nsys", "ncu", "nvprof", "snakeviz", "austin", "memory_profiler",
)  # fmt: skip
_PRINTED = compile_later(
    r"(?m)^.*\b\d+ function calls (\(\d+ primitive calls\) )?in [\d.]+ seconds|^[^\S\n]*+FIT Profiler Report|"
    r"^.*Self CPU (time total|%)|^\s*ncalls\s+tottime\s+percall"
)

_MAY_PROFILE = (
    "**/*.{py,ipynb,sh,bash,mk,yaml,yml,txt,md,log,out,toml}",
    "**/{makefile,justfile}",
    "!reports/*.md",
    "!**/requirements*.txt",
    "!**/.pre-commit-config.y*ml",
    "!tests/**",
    "!**/test_*.py",
)
_OF_PROFILES = (
    "profile", "pstats", "py-spy", "scalene", "pyinstrument", "viztracer", "memray", "mprof", "nsys", "yappi",
    "tracemalloc", "function calls", "self cpu", "ncalls",
)  # fmt: skip


@probe("profiling", asks="Was the code profiled?", looks_in=_MAY_PROFILE, mentions=_OF_PROFILES)
def profiling(files: Files) -> Iterator[Evidence]:
    """A call of a profiler, a `profiler=` argument that is not off, a command that profiles, a committed trace or dump
    (known by its bytes), or a profile's printed table. A declared profiler, `profiler: null`, and data profiling do not
    count."""
    return _profiles(files, lambda file, inside: True)


@probe(
    "profiling-used",
    asks="Was the code profiled by something that the code uses?",
    looks_in=_MAY_PROFILE,
    mentions=_OF_PROFILES,
)
def profiling_used(files: Files) -> Iterator[Evidence]:
    """As `profiling`, without a profiler in a function or class that nothing names, or under a condition (`if
    cfg.profile:`): what was written and perhaps never used is no reason to tick a box. Whatever has a decorator that may hand
    it on (a command, a hook) counts as used."""
    for evidence in _profiles(files, lambda file, inside: _is_named(files, file, inside.partition(".")[0])):
        file = files.paths.get(evidence.path)
        module = python(file) if file and file.suffix in ("py", "ipynb") else None
        if not (module and evidence.start and is_optional(module, evidence.start)):
            yield evidence


def _is_named(files: Files, file: File, name: str) -> bool:
    """Whether a top-level definition (none for a module's own lines) is named anywhere but where it stands."""
    module = python(file)
    if not name or module is None:
        return True
    for f in module.functions:
        if f.qualname == name and any(not d.startswith(("contextlib.", "functools.")) for d in f.decorators):
            return True
    if any(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) for n in module.nodes):
        return True
    word = compile_later(rf"\b{re.escape(name)}\b")
    stem = compile_later(
        rf"\b{re.escape(file.folder.rpartition('/')[2] if file.name == '__init__.py' else file.name.removesuffix('.py'))}\b"
    )
    others = (
        f
        for f in files.paths.values()
        if f is not file and not f.skipped and f.suffix in ("py", "ipynb", "sh", "toml", "yaml")
    )
    for other in others:
        if readable(other) and word.search(other.text) and (stem.search(other.text) or f"import {name}" in other.text):
            code = python(other) if other.suffix == "py" and other.name != "__init__.py" else None
            if code is None:
                if other.name != "__init__.py":
                    return True
            elif _uses(code, name):
                return True
    return False


def _uses(module: Module, name: str) -> bool:
    """Whether code that takes a name from elsewhere does something with it."""
    return any(
        (isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) and name in module.aliases)
        or (isinstance(n, ast.Attribute) and n.attr == name)
        for n in module.nodes
    ) or any(full.endswith(f".{name}") and local != name for local, full in module.aliases.items())


def _profiles(files: Files, used: Callable[[File, str], bool]) -> Iterator[Evidence]:
    for file in files:
        if file.suffix in ("py", "ipynb"):
            yield from _profiled(file, used)
        elif file.suffix in ("yaml", "yml"):
            yield from _profiler_key(file)
        elif file.suffix in ("txt", "md", "log", "out") and (match := _PRINTED.search(file.text)):
            yield file.cite(file.text.count("\n", 0, match.end()) + 1, note="a profile's table")
    for file in files.matching("**/*.{sh,bash,mk,py,yaml,yml,toml}", "**/{makefile,justfile}"):
        for command in commands(file) if not _is_readable_only(file) else ():
            if command.program in _PROFILER_PROGRAMS and len(command.bare) > 1:
                yield file.cite(command.line, note="runs a profiler")
    yield from _traces(files)


def _is_readable_only(file: File) -> bool:
    return file.suffix == "py" and not re.search(r"\.run\(|subprocess|os\.system", file.text)


def _profiled(file: File, used: Callable[[File, str], bool]) -> Iterator[Evidence]:
    module = python(file)
    if module is None:
        return
    seen: set[tuple[str, str]] = set()
    for call in module.calls:
        by_call = any(call.name == p or (p[-1] == "." and call.name.startswith(p)) for p in _PROFILERS)
        if by_call or _PROFILER_CLASS.search(call.name):
            wanted = call.name != "torch.profiler.ProfilerActivity" and (call.name, call.inside) not in seen
            if wanted and used(file, call.inside):
                seen.add((call.name, call.inside))
                yield file.cite(call.line, min(call.end, call.line + 3))
        elif (
            call.name.rsplit(".", 1)[-1] in ("Trainer", "Fabric", "dict")
            and not is_null(value := call.keyword("profiler"))
            and value is not None
        ):
            yield file.cite(value.lineno, note="the trainer is given a profiler")
    for f in module.functions:
        if any(d.startswith(("line_profiler.", "memory_profiler.", "pyinstrument.profile")) for d in f.decorators):
            yield file.cite(f.node.decorator_list[0].lineno, f.line)
    if file.suffix == "ipynb" and (match := re.search(r'"\s*%%?(prun|lprun|mprun|scalene)\b', file.text)):
        yield file.cite(file.text.count("\n", 0, match.start()) + 1, note="profiles a cell")


def _profiler_key(file: File) -> Iterator[Evidence]:
    for root in yaml_documents(file):
        for _, node in root.walk():
            value = node["profiler"]
            if (
                value.text.lower() in ("simple", "advanced", "pytorch", "xla")
                or value["_target_"]
                or value["class_path"]
            ):
                yield file.cite(node.line_of("profiler"), note="the configuration switches a profiler on")


def _traces(files: Files) -> Iterator[Evidence]:
    """Committed profiles: cProfile's dumps by their first bytes, chrome traces by their head."""
    for path, file in files.paths.items():
        name = file.name.lower()
        if not re.search(r"prof|pstats|trace|cpu_?time", name) or file.why_skipped.startswith((LINK, SUBMODULE)):
            continue
        if name.endswith((".py", ".ipynb", ".png", ".md", ".toml", ".lock", ".html", ".svg", ".pyc", ".js", ".css")):
            continue
        try:
            head = file.start(4096)
        except Unreadable:
            continue
        if head[:1] in (b"\xfb", b"{") and head[1:2] in (b")", b"\xa9") and head[2:3] == b"\x03":
            yield file.exists(f"{path} is a dump of cProfile")
        elif b'"traceEvents"' in head or b'"deviceProperties"' in head:
            yield file.exists(f"{path} is a trace of a profiler")
        elif head[:2] == b"\x1f\x8b" and name.endswith(".pt.trace.json.gz"):
            yield file.exists(f"{path} is a packed trace of the PyTorch profiler")
