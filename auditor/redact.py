"""Secrets in clear text: found in order not to be shown."""

import re

from auditor.lazy import compile_later

_KINDS: tuple[tuple[str, str], ...] = (
    ("W&B key", r"wandb_v1_[A-Za-z0-9_]{20,}"),
    ("W&B key", r"(?i:wandb[_.]?(?:api[_.]?)?key|wandb\.login)[^\n]{0,40}?\b(?P<secret>[0-9a-f]{40})\b"),
    ("private key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    ("GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})"),
    ("OAuth client secret", r"GOCSPX-[A-Za-z0-9_-]{10,}"),
    ("Google API key", r"\bAIza[A-Za-z0-9_-]{30,}"),
    ("OpenAI or Anthropic key", r"\bsk-[A-Za-z0-9_-]{20,}"),
    ("Hugging Face token", r"\bhf_[A-Za-z0-9]{30,}"),
    ("AWS key", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    ("Slack token", r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    ("JSON web token", r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    ("password in a URL", r"://[^/\s:@${}]{1,60}:(?P<secret2>[^/\s:@${}]{3,})@"),
    (
        "assigned secret",
        r"""(?ix) (?:api[_-]?key|access[_-]?key(?:[_-]?id)?|secret(?:[_-]?(?:key|access[_-]?key))?|password|passwd
        |auth[_-]?token|client[_-]?secret) ["']? \s* [:=] \s* ["']? (?P<secret3> [A-Za-z0-9/+_\-]{20,} ={0,2}) (?= ["'\s,;] | $)""",
    ),
)
_SECRETS = tuple((kind, compile_later(pattern)) for kind, pattern in _KINDS)
# A W&B key in a job specification stands on the line after the name of its variable.
_NAMED = compile_later(r"(?i)(?:api|access)[_-]?key|secret|token|password")
_VALUE = compile_later(r"""(?i)^\s*-?\s*value\s*:\s*["']?(?P<secret>[A-Za-z0-9/+_\-]{20,})["']?\s*$""")


def secret_at(line: str, before: str = "") -> tuple[int, str] | None:
    """Where in `line` a secret starts and what kind it is; `before` is the line above it. Placeholders (`${...}`,
    `your_key_here`, `<...>`) are not secrets."""
    found: list[tuple[int, str]] = []
    for kind, pattern in _SECRETS:
        for match in pattern.finditer(line):
            group = next((g for g, v in match.groupdict().items() if v is not None), None)
            start = match.start(group) if group else match.start()
            value = line[start : match.end(group) if group else match.end()]
            # Long words of letters are names, not keys; a generic pattern must see a digit.
            if kind == "assigned secret" and not (re.search(r"\d", value) and re.search(r"[A-Za-z]", value)):
                continue
            found.append((start, kind))
            break
    value_below = _VALUE.match(line) if not found and _NAMED.search(before) else None
    if value_below and re.search(r"\d", value_below["secret"]):
        found.append((value_below.start("secret"), "assigned secret"))
    return min(found) if found else None


def clip(lines: list[str], before: str = "", width: int = 240) -> str:
    """The lines as an excerpt: each verbatim up to a secret or `width` characters, whichever comes first."""
    shown = []
    for line in lines:
        hit = secret_at(line, before)
        before = line
        shown.append(line[: min(hit[0], width)] if hit else line[:width])
    return "\n".join(shown)
