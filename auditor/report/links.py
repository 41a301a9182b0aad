"""Where the images and links of an answer lead."""

import posixpath
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from auditor.lazy import compile_later
from auditor.markup import references
from auditor.models import Image

_OWN = compile_later(r"https?://(?:www\.)?git(?:hub|lab)\.com/[^/]+/([^/]+)/(?:-/)?(?:blob|tree|raw)/[^/]+/([^?#]+)")


class Resolver:
    """Finds the tracked file that a link of the report leads to."""

    def __init__(self, folder: str, tracked: frozenset[str], repository: str = "") -> None:
        self._folder = folder
        self._tracked = tracked
        self._folders = frozenset(p[:i] for p in tracked for i, c in enumerate(p) if c == "/")
        self._repository = repository.lower().rstrip("/").removesuffix(".git").rsplit("/", 1)[-1]

    def path(self, target: str) -> str:
        """The tracked file or folder, or nothing. Tries the report's folder first, then the repository's root."""
        if own := _OWN.match(target):
            if self._repository and own[1].lower() != self._repository:
                return ""
            return self._tracked_path(unquote(own[2]))
        try:
            parts = urlsplit(target)
        except ValueError:  # no address at all, such as http://[
            return ""
        if parts.scheme or parts.netloc or not parts.path:
            return ""
        raw = parts.path.replace("\\", "/")
        for name in (unquote(raw), raw):
            if not name.startswith("/") and (found := self._tracked_path(posixpath.join(self._folder, name))):
                return found
            if found := self._tracked_path(name.lstrip("/")):
                return found
        return ""

    def _tracked_path(self, name: str) -> str:
        path = posixpath.normpath(name).lstrip("/")
        return path if path in self._tracked or path in self._folders else ""


def targets(answer: str, numbers: Sequence[int], resolver: Resolver) -> tuple[tuple[Image, ...], tuple[Image, ...]]:
    """The images and links of an answer, with the lines they stand on (`numbers` has that of each line)."""
    images: list[Image] = []
    links: list[Image] = []
    for found in references(answer):
        line = numbers[min(found.line, len(numbers) - 1)] if numbers else 0
        made = Image(line=line, target=found.target, path=resolver.path(found.target), renders=not found.why)
        if not found.image:
            links.append(made)
        elif found.why in ("", "code"):
            images.append(made)
    return tuple(images), tuple(links)
