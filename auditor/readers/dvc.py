"""The configuration of DVC."""

import re
from dataclasses import field

from auditor.lazy import dataclass
from auditor.snapshot import File


@dataclass
class Remote:
    """A DVC remote: its name and URL with their line."""

    name: str
    url: str
    line: int
    default: bool = False
    options: dict[str, str] = field(default_factory=dict)


def dvc_remotes(file: File) -> list[Remote]:
    """The remotes of a `.dvc/config`, the default one first."""
    remotes: dict[str, Remote] = {}
    section, default = "", ""
    for i, row in enumerate(file.lines, 1):
        row = row.strip()
        if not row or row[0] in "#;":
            continue
        if match := re.fullmatch(r"""\[\s*'?\s*(\w+)\s*(?:["']([^"']*)["'])?\s*'?\s*\]""", row):
            section = match[2] if match[1] == "remote" and match[2] else "[" + match[1]
            if not section.startswith("["):
                remotes.setdefault(section, Remote(section, "", i))
        elif "=" in row:
            key, value = (part.strip() for part in row.split("=", 1))
            if section == "[core" and key == "remote":
                default = value
            elif section in remotes:
                remotes[section].options[key] = value
                if key == "url":
                    remotes[section].url, remotes[section].line = value, i
    for remote in remotes.values():
        remote.default = remote.name == default
    return sorted(remotes.values(), key=lambda r: not r.default)
