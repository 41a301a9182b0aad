"""`auditor.toml`: what would be typed each time. And `auditor config`, which tells what is in force and where it comes from.

The file is looked for in the current folder and its parents. It is never one of the repository that is audited, however that is
reached, nor one that belongs to another user of the machine: whoever wrote either could choose who is sent a class's reports.
What is given on the command line wins.
"""

import os
from dataclasses import field
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from typer.core import TyperCommand

from auditor import limits, regular
from auditor.errors import UserError, reason
from auditor.lazy import dataclass
from auditor.options import FailOn, Read, Readings
from auditor.tomlplaces import places

NAME = "auditor.toml"
KEYS = (
    "profile", "before", "report", "judge", "model", "base-url", "store", "budget", "read", "readings", "ruling", "second",
    "judge-timeout", "max-tokens", "max-cost", "workers", "timeout", "max-size", "fail-on",
)  # fmt: skip
"""What the file may say: options of `audit`, `check` and `batch` that hold for a course or a machine, not for one run."""
VERBS = ("audit", "check", "batch")
_PATHS = ("profile", "store")
_CHOICES: dict[str, tuple[str, ...]] = {
    "fail-on": get_args(FailOn),
    "read": get_args(Read),
    "readings": get_args(Readings),
}
_LEAST = {
    "budget": 4_000,
    "judge-timeout": 1,
    "max-tokens": 0,
    "max-cost": 0,
    "workers": 0,
    "timeout": 0,
    "max-size": 0,
}
_WHOLE = ("budget", "max-tokens", "workers", "max-size")


@dataclass(frozen=True)
class Config:
    """What a file says: for every verb that has such an option, and for one verb alone (`[batch]`), which is nearer."""

    path: Path | None = None
    all: dict[str, Any] = field(default_factory=dict)
    verbs: dict[str, dict[str, Any]] = field(default_factory=dict)
    ignored: tuple[tuple[Path, str], ...] = ()

    def of(self, verb: str) -> dict[str, Any]:
        """Values by option, for one verb."""
        return self.all | self.verbs.get(verb, {})


def find(start: Path, audited: Path | None) -> tuple[Path | None, tuple[tuple[Path, str], ...]]:
    """The nearest file of that name at or above a folder, and those that are passed over with the reason."""
    passed: list[tuple[Path, str]] = []
    for folder in (start, *start.parents):
        path = folder / NAME
        try:
            owner = path.stat().st_uid if path.is_file() else -1
        except OSError:
            continue
        if owner < 0:
            continue
        if audited is not None and (folder == audited or audited in folder.parents):
            passed.append((path, "it belongs to the repository that is audited"))
        elif hasattr(os, "getuid") and owner not in (os.getuid(), 0):
            passed.append((path, "it belongs to another user"))
        else:
            return path, tuple(passed)
    return None, tuple(passed)


def work_tree(target: str) -> Path | None:
    """The top folder of the checkout that a target lies in, if it is a folder of one."""
    path = Path(target)
    try:
        path = path.resolve()
        if not path.exists():
            return None
        return next((f for f in (path, *path.parents) if (f / ".git").exists()), path)
    except (OSError, ValueError):
        return None


def load(start: Path, audited: Path | None = None) -> Config:
    """What the nearest file says. UserError for a file that cannot be read or says what no option is."""
    path, passed = find(start, audited)
    if path is None:
        return Config(ignored=passed)
    from difflib import get_close_matches

    from auditor.tomldata import loads

    try:
        text = regular.read_text(path, limits.COURSE)
        said = loads(text)
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: cannot be read ({reason(error)})", "mend the file, or take it away") from None
    verbs = {v: said.pop(v) for v in VERBS if isinstance(said.get(v), dict)}
    where = places(text)
    for verb, table in (("", said), *verbs.items()):
        for key, value in table.items():
            line = where.line(verb, key) if verb else where.line(key)
            if key not in KEYS:
                near = get_close_matches(key, KEYS, 1)
                hint = (
                    f"did you mean {near[0]}?"
                    if near
                    else f"it may say: {', '.join(KEYS)}; or [audit], [check], [batch]"
                )
                raise UserError(f"{path}:{line}: no setting is called {key!r}", hint)
            if why := _why_not(key, value, path.parent):
                raise UserError(f"{path}:{line}: {key}: {why}", "mend the line, or take it out")
            if key in _PATHS and isinstance(value, str) and (path.parent / value).exists():
                table[key] = str(path.parent / value)  # counted from the file, not from where the command is typed
    return Config(path, said, verbs, passed)


def _why_not(key: str, value: Any, folder: Path) -> str:
    """Why a setting cannot have a value; empty where it can."""
    if isinstance(value, dict | list):
        return f'takes one value: {key} = "..."'
    if key == "ruling":
        return "" if isinstance(value, bool) else "takes true or false"
    if key in _LEAST:
        if isinstance(value, bool) or not isinstance(value, int if key in _WHOLE else int | float):
            return f"takes a {'whole ' * (key in _WHOLE)}number, not {value!r}"
        return "" if value >= _LEAST[key] else f"takes {_LEAST[key]} or more, not {value}"
    if key == "before":
        return _no_time(value)
    if not isinstance(value, str):
        return f"takes text, not {value!r}"
    if key in _CHOICES:
        return "" if value in _CHOICES[key] else f"takes one of {', '.join(_CHOICES[key])}, not {value!r}"
    if key == "profile" and not (folder / value).is_file():
        packaged = sorted(p.stem for p in (Path(__file__).parent / "profiles").glob("*.toml") if "." not in p.stem)
        named = value.endswith(".toml") or "/" in value or "\\" in value
        if named and not Path(value).is_file():
            return f"there is no file {folder / value}"
        if not named and value not in packaged:
            return f"there is no profile {value!r}; packaged are {', '.join(packaged)}"
    return ""


def _no_time(value: Any) -> str:
    if isinstance(value, date):  # of TOML's own
        return ""
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return f"takes a time such as 2026-01-23T23:59+01:00, not {value!r}"
    return ""


class Configured(TyperCommand):
    """A verb whose options take what `auditor.toml` says where the command line is silent."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # typer brings its own click, under no public name
        rest = super().parse_args(ctx, args)
        verb = ctx.info_name or ""
        target = ctx.params.get("target", ctx.params.get("path"))
        config = load(_here(), None if target is None else work_tree(str(target)))
        if config.path is None:
            return rest
        said = config.of(verb)
        for parameter in self.params:
            key = max((o.lstrip("-") for o in parameter.opts), key=len, default="")
            name = parameter.name or ""
            source = ctx.get_parameter_source(name)
            if key not in said or source is None or source.name != "DEFAULT":
                continue
            try:
                ctx.params[name] = parameter.process_value(ctx, said[key])
            except typer.BadParameter as error:
                raise UserError(
                    f"{config.path}: {key}: {error.message}", f"auditor {verb} --help says what it takes"
                ) from None
            ctx.set_parameter_source(name, type(source)["DEFAULT_MAP"])
            if key in ("judge", "base-url") and said[key] != "none":
                typer.echo(f"auditor: {key} {said[key]} ({config.path})", err=True)  # no judge is chosen silently
        return rest


def _here() -> Path:
    try:
        return Path.cwd()
    except OSError:  # the folder is gone
        return Path("/")


def config(
    target: Annotated[str, typer.Argument(help="What would be audited: a file inside it is never read.")] = "",
) -> None:
    """What auditor.toml says here, and where it lies. The command line wins over it."""
    found = load(_here(), work_tree(target) if target else None)
    for path, why in found.ignored:
        typer.echo(f"{path}: passed over, {why}")
    if found.path is None:
        typer.echo(f"no {NAME} here or above; it may say: {', '.join(KEYS)}")
        return
    typer.echo(f"{found.path}")
    for key, value in found.all.items():
        typer.echo(f"  {key} = {value}")
    for verb, table in found.verbs.items():
        for key, value in table.items():
            typer.echo(f"  {verb}: {key} = {value}")
