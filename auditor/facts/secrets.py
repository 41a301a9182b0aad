"""Keys in clear text in tracked files; never their values.

The shapes are those of `auditor.redact`, which hides them; here they count only where nothing says that they open nothing.
"""

import base64
import binascii
import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from auditor.holes import watching
from auditor.lazy import compile_later
from auditor.readers.text import readable
from auditor.redact import Secret, assigned_in, entropy, keys_in
from auditor.snapshot import File, Snapshot

_DATA = frozenset(["csv", "tsv", "jsonl", "ndjson", "svg", "lock", "sum", "css", "map", "tex", "bib", "po", "dvc"])
_LARGE = 200_000  # characters; of what is larger, only lines of code are read
_LONG_ROW = 4_000
_LOCKS = re.compile(
    r"(?i)(?:^|/)(?:package-lock|npm-shrinkwrap|pnpm-lock|composer\.lock|pipfile\.lock|conda-lock)[^/]*$"
)
# Folders of packages that others wrote, and what is there to be looked at.
_OTHERS = re.compile(
    r"(?i)(?:^|/)(?:node_modules|site-packages|dist-packages|\.?venv|env|vendor|third[_-]party|bower_components)/"
)
_SAMPLE = re.compile(
    r"(?i)(?:^|/)(?:examples?|samples?|fixtures?|testdata|mocks?|__snapshots__|cassettes)/|(?:^|[/._-])(?:examples?|samples?|templates?|dist|dummy|mock|fake)(?:[._-][^/]*)?$"
)
_TESTS = re.compile(r"(?i)(?:^|/)tests?/|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py$")
_MADE_UP = compile_later(
    r"(?i)example|dummy|fake|sample|placeholder|your|x{4}|\*{3}|\.{3}|todo|redacted|change_?me|insert|replace|foo_?bar|deadbeef|12345678|23456789|abcdefg|0123456|qwerty|secret_?key|api_?key|my_?key|(.)\1{5}"
)
_NO_KEY = compile_later(
    r"(?i)(?:sha\d*|rev|revision|commit|digest|hash|checksum|etag|ref|version|tree|parent|git|object|md5)[\"'\])]{0,3}\s{0,3}[:=@#(]{0,2}\s{0,3}[\"']?$"
)
_NAMES_KEY = compile_later(r"(?i)key|token|login|secret|passw|auth|api")
_RUN = compile_later(r"[A-Za-z0-9+/=]*")


class Found(NamedTuple):
    """A key in clear text: its file and line, what it is, and a mark that is the same wherever this key stands."""

    file: File
    line: int
    kind: str
    mark: str


def secrets(snapshot: Snapshot) -> tuple[Found, ...]:
    """The keys in clear text, each once a file. Samples, placeholders, what tests make up, public and encrypted keys, hashes
    and the packages of others are left alone."""

    def look() -> tuple[Found, ...]:
        with watching():  # what has no text shows no key in clear text
            return tuple(found for file in snapshot.files.values() for found in _of(file))

    return snapshot.once("facts.secrets", look)


def keys_of(file: File) -> list[Found]:
    """The keys in clear text of one file, be it an earlier version."""
    return list(_of(file))


def _of(file: File) -> Iterator[Found]:
    if file.suffix in _DATA or _LOCKS.search(file.path) or _OTHERS.search(file.path) or _SAMPLE.search(file.path):
        return
    if file.suffix == "json" and file.size > _LARGE:
        return
    if not readable(file):
        return
    text = file.text
    if len(text) > _LARGE:
        text = "\n".join(row if len(row) < _LONG_ROW else "" for row in text.split("\n"))
    starts: list[int] = []
    seen: set[str] = set()
    for secret in _keys(text, file.path):
        value = text[secret.start : secret.end]
        if not _real(secret.kind, value, text, secret.start, file.path):
            continue
        mark = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
        if mark in seen:
            continue
        seen.add(mark)
        starts = starts or [0, *(i + 1 for i, c in enumerate(text) if c == "\n")]
        yield Found(file, bisect_right(starts, secret.start), secret.kind, mark)


def _keys(text: str, path: str) -> list[Secret]:
    """What is a key by its shape, and what a secret-named key is given; of tests, which make such up, the first alone."""
    return [*keys_in(text), *(() if _TESTS.search(path) else assigned_in(text))]


def _real(kind: str, value: str, text: str, start: int, path: str) -> bool:
    """Whether a value of a key's shape opens something, as far as its letters and what stands before it can tell."""
    if kind == "private key":
        return not _TESTS.search(path) and _whole(value)
    if _MADE_UP.search(value) or entropy(value) < 2.8:
        return False
    before = text[max(start - 160, 0) : start]
    row = before.rsplit("\n", 1)[-1]
    run = _RUN.match(text, start)
    if run and run.end() - start > 400:
        return False  # within the letters of a picture
    if kind == "W&B key":
        return value.startswith("wandb_") or (
            not _NO_KEY.search(before) and bool(_NAMES_KEY.search(row) or _NAMES_KEY.search(before[-80:]))
        )
    if kind == "Stripe key":
        return "_live_" in value
    return True


def _whole(block: str) -> bool:
    """Whether a private key has its numbers: the base64 of the structure that such keys are, not encrypted."""
    head, _, body = block.partition("-----")[2].partition("-----")
    if "ENCRYPTED" in head or "ENCRYPTED" in body[:200]:
        return False
    if not head:
        return block.startswith("AGE-SECRET-KEY-1")
    body = body.split("-----END")[0].replace("\\n", "\n").replace("\\r", "")
    rows = [row.strip(" \t\"',\\+") for row in body.split("\n")]
    inside = "".join(row for row in rows if re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", row))
    if len(inside) < 60 or entropy(inside) < 4:
        return False
    try:
        data = base64.b64decode(inside[: len(inside) // 4 * 4], validate=False)
    except (binascii.Error, ValueError):
        return False
    return data.startswith((b"\x30", b"openssh-key-v1")) or "PGP" in head
