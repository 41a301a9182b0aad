"""The repository's own Python modules, by the names that an import could use."""

import re

from auditor.snapshot import Files


def own_modules(files: Files, roots: tuple[str, ...] = (), loose: bool = False) -> dict[str, str]:
    """The repository's own Python modules outside tests, by every dotted name that an import could use for them. A module
    inside a package goes by its bare name only where its folder is a root, or with `loose`."""
    names: dict[str, str] = {}
    for path in files.paths:
        if not path.endswith(".py") or re.search(r"(^|/)(tests?/|test_[^/]*$|conftest\.py$)", path):
            continue
        parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
        for i in range(len(parts)):
            above = "/".join(parts[:i])
            inside = i and f"{above}/__init__.py" in files.paths and above not in roots
            if not (inside and len(parts) - i == 1 and not loose):
                names.setdefault(".".join(parts[i:]), path)
        for i in range(1, len(parts) if loose else 0):
            names.setdefault(parts[i], path)
    for root in roots:
        for path in files.paths:
            if path.startswith(root + "/") and path.count("/") == root.count("/") + 2 and path.endswith(".py"):
                names.setdefault(path[len(root) + 1 :].split("/")[0], path)
    return names


def own_module(name: str, own: dict[str, str]) -> str:
    """The longest part of a dotted name that is a module of the repository; empty where there is none."""
    parts = name.replace("()", "").split(".")
    return next((m for i in range(len(parts), 0, -1) if (m := ".".join(parts[:i])) in own), "")
