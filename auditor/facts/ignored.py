"""What git does not keep: by the rules of a .gitignore, and by what tools always write."""

from auditor import limits
from auditor.linear import ACROSS, FOLDERS, ONE, WITHIN, Linear, character_class, escape, linear

# Folders that a tool makes when it runs, wherever it runs.
_MADE_FOLDERS = frozenset(
    [".hydra", "outputs", "multirun", "wandb", "mlruns", "mlartifacts", "lightning_logs", "htmlcov", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache",
     ".venv", "venv", "node_modules", ".tox", ".nox", "site-packages", ".ipynb_checkpoints", ".terraform", ".prof", "tb_logs", "runs"]
)  # fmt: skip
_MADE_FILES = frozenset(
    ["coverage.xml", ".coverage", "coverage.json", "junit.xml", "wandb-summary.json", "wandb-metadata.json", "hparams.yaml", "hydra.yaml", "overrides.yaml"]
)  # fmt: skip


def by_a_tool(path: str) -> bool:
    """Whether a tool always writes such a file or folder when it runs (Hydra, W&B, Lightning, coverage, ...)."""
    parts = path.strip("/").split("/")
    return parts[-1] in _MADE_FILES or any(p in _MADE_FOLDERS for p in parts)


def ignore_rule(row: str) -> tuple[Linear, bool, bool] | None:
    """One line of a .gitignore: the pattern for a path below its folder, whether it is for folders only, whether it negates."""
    row = row.rstrip(" \t\r")
    if not row or row.startswith("#") or len(row) > limits.PATTERN.value:
        return None
    negated = row.startswith("!")
    row = row[negated:]
    only_folders = row.endswith("/")
    row = row.rstrip("/")
    anchored = "/" in row
    row = row.lstrip("/")
    out: list[str] = []
    i = 0
    while i < len(row):
        if row.startswith("**/", i):
            piece, i = FOLDERS, i + 3
        elif row.startswith("**", i):
            piece, i = ACROSS, i + 2
        elif row[i] == "[" and (found := character_class(row, i)):
            piece, i = found
        elif row[i] == "\\" and i + 1 < len(row):
            piece, i = escape(row[i + 1]), i + 2
        else:
            piece, i = {"*": WITHIN, "?": ONE}.get(row[i]) or escape(row[i]), i + 1
        out.append(piece)
    pattern = linear(("" if anchored else FOLDERS) + "".join(out))
    return None if pattern is None else (pattern, only_folders, negated)
