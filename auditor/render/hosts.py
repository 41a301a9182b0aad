"""Addresses of a commit's files and lines at the hosts that are known."""

import re
from urllib.parse import quote

from auditor.models import AuditRecord, Verdict

_HOSTS = {
    "github.com": ("blob/", "L{0}", "-L{1}"),
    "gitlab.com": ("-/blob/", "L{0}", "-{1}"),
    "codeberg.org": ("src/commit/", "L{0}", "-L{1}"),
    "bitbucket.org": ("src/", "lines-{0}", ":{1}"),
}


def line_url(record: AuditRecord, verdict: Verdict) -> str:
    """The address of a claim's line at the host that the repository is known to come from; else empty."""
    path, line = record.report.spot(verdict.claim)
    return Blob(record).url(path, line, line) if line else ""


class Blob:
    """Addresses of the commit's files at the host that it was fetched from, where that host is a known one."""

    def __init__(self, record: AuditRecord) -> None:
        known = "|".join(re.escape(h) for h in _HOSTS)
        url = re.fullmatch(
            rf"(?:(?:https?|ssh|git)://)?(?:[^@/\s]*@)?({known})(?::\d+/|[:/])([\w.~-]+(?:/[\w.~-]+)+)",
            record.submission.url.rstrip("/").removesuffix(".git"),
            re.IGNORECASE,
        )
        self.base = self.tree = ""
        if url:
            self.style = _HOSTS[url[1].lower()]
            self.tree = f"https://{url[1].lower()}/{url[2]}"
            self.base = f"{self.tree}/{self.style[0]}{quote(record.submission.commit)}/"

    def url(self, path: str, start: int = 0, end: int = 0) -> str:
        """The address of a file or of lines in it; empty where the host is not known."""
        if not self.base or not path:
            return ""
        lines = self.style[1].format(start) + (self.style[2].format(start, end) if end > start else "")
        plain = "?plain=1" if self.style[0] == "blob/" and start and path.lower().endswith((".md", ".markdown")) else ""
        return self.base + quote(path) + plain + (f"#{lines}" if start else "")

    def source(self, text: str) -> str:
        """The address of what a fact was computed from: a path, or a path and a line."""
        match = re.fullmatch(r"([^:\s]+\.[\w-]+|[^:\s]+/[^:\s]+)(?::(\d+))?", text)
        return self.url(match[1], int(match[2] or 0)) if match else ""
