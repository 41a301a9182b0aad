"""The instructions of Dockerfiles."""

import re
import sys
from collections.abc import Sequence

from auditor import limits
from auditor.globs import matches
from auditor.lazy import compile_later, dataclass
from auditor.readers.boundary import bounded
from auditor.snapshot import File

DOCKERFILES = ("**/*dockerfile*", "**/*containerfile*", "**/*.docker")


@dataclass(frozen=True)
class Instruction:
    """One instruction of a Dockerfile: its name in capitals, its values, and its flags (`--from=x`)."""

    name: str
    values: tuple[str, ...]
    flags: tuple[str, ...]
    line: int
    end: int
    text: str


# Suffixes of documents and settings, and of code, whatever a Dockerfile in them or in their name is about.
_DOCUMENTS = frozenset(["md", "markdown", "rst", "html", "ipynb", "json", "toml", "yaml", "yml", "xml"])
_CODE = frozenset(["py", "pyi", "js", "ts", "tsx", "css", "sql", "tf"])


_FROM = compile_later(r"(?im)^[^\S\n]*+FROM\s+\S")


def named_so(file: File) -> bool:
    """Whether a file is called as Dockerfiles are; one of another name is one where something builds from it."""
    return matches(file.path, DOCKERFILES)


def docker(file: File) -> tuple[Instruction, ...]:
    """The instructions of a Dockerfile; empty for a file that is none (no FROM at its start, or not parseable), and for one whose suffix
    says that it is written in another language (`Dockerfile.py` is named after what it installs)."""
    if file.suffix in _DOCUMENTS:
        return ()
    if file.suffix in _CODE and not file.name.lower().startswith(("dockerfile.", "containerfile.")):
        return ()
    return bounded(file, "docker", _docker, tuple)


def _endless(rows: Sequence[str]) -> bool:
    """Whether lines that go on in the next one are together longer than a command may be: the parser copies all of them for
    each."""
    so_far = 0
    for row in rows:
        so_far += len(row)
        if so_far > limits.COMMAND.value:
            return True
        if not row.rstrip().endswith(("\\", "`")) and row.strip() and not row.lstrip().startswith("#"):
            so_far = 0
    return False


def _has_room() -> bool:
    """Whether the parser can be loaded: it sets addresses aside as that is done, and ends the process where it gets none."""
    if sys.platform != "linux" or "dockerfile" in sys.modules:
        return True
    import resource

    most = resource.getrlimit(resource.RLIMIT_AS)[0]
    if most == resource.RLIM_INFINITY:
        return True
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            taken = int(file.read().split()[0]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        taken = 0
    return most - taken > limits.ADDRESSES.value


def _docker(file: File) -> tuple[Instruction, ...]:
    if not _FROM.search(file.text):
        head = next((row.lstrip() for row in file.lines if row.strip() and not row.lstrip().startswith("#")), "")
        if re.match(r"(?i)[^\sA-Z]\S{0,8}FROM\s", head):
            file.cannot("docker", f"{file.path} does not parse as a Dockerfile (odd letters before FROM)")
        return ()
    if _endless(file.lines):
        file.cannot("docker", f"{file.path} has an instruction of more than {limits.COMMAND}")
        return ()
    if not _has_room():
        file.cannot("docker", f"{file.path} is not read: its parser takes {limits.ADDRESSES}, and ulimit -v gives less")
        return ()
    import dockerfile  # compiled; only where there is one to read

    try:
        parsed = dockerfile.parse_string(file.text)
    except (dockerfile.GoParseError, ValueError) as error:
        file.cannot("docker", f"{file.path} does not parse as a Dockerfile ({str(error)[:80]})")
        return ()
    made = tuple(
        Instruction(c.cmd.upper(), tuple(c.value), tuple(c.flags), c.start_line, c.end_line, c.original) for c in parsed
    )
    first = next((i.name for i in made if i.name != "ARG"), "")
    return made if first == "FROM" else ()
