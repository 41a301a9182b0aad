"""Prompts as files that a teacher can read: front matter, then `## system` and `## user`, with `$variables`.

A released prompt is never edited, only copied to its next version; its hash is in every key and record.
"""

import hashlib
import re
from functools import lru_cache
from importlib import resources
from pathlib import Path
from string import Template

from auditor.errors import UserError
from auditor.lazy import dataclass
from auditor.models import Named


@dataclass(frozen=True)
class Prompt:
    """One version of one prompt."""

    name: str
    version: int
    system: str
    user: str
    named: Named

    def system_text(self, **values: str) -> str:
        """The system message. Raises KeyError for a variable without a value."""
        return Template(self.system).substitute(values)

    def user_text(self, **values: str) -> str:
        """The user message. Raises KeyError for a variable without a value."""
        return Template(self.user).substitute(values)


@lru_cache(maxsize=8)
def load_prompt(id_: str) -> Prompt:
    """A prompt by name and version (`reading-pack.v3`). Raises UserError for one that is not there or not whole."""
    packaged = resources.files("auditor") / "_prompts" / f"{id_}.md"
    beside = Path(__file__).resolve().parent.parent / "prompts" / f"{id_}.md"
    try:
        text = packaged.read_text(encoding="utf-8") if packaged.is_file() else beside.read_text(encoding="utf-8")
    except OSError:
        raise UserError(f"no prompt is called {id_!r}", "the prompts/ folder has them") from None
    match = re.fullmatch(r"---\n(.*?)\n---\n+## system\n+(.*?)\n+## user\n+(.*?)\n*", text, re.DOTALL)
    if not match:
        raise UserError(f"prompt {id_}: not front matter, `## system` and `## user`", "mend the file")
    meta = dict(row.split(": ", 1) for row in match[1].split("\n"))
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Prompt(meta["name"], int(meta["version"]), match[2], match[3], Named(name=id_, hash=digest))
