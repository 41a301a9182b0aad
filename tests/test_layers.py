"""The house's walls: what each module may import of the others."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "auditor"
ANY = None
ALLOWED: dict[str, set[str] | None] = {
    "models": set(),
    "errors": set(),
    "moments": set(),
    "lazy": {"compiled", "needed"},
    "compiled": {"kept", "needed"},
    "needed": set(),
    "kept": set(),
    "start": {"compiled", "kept"},
    "shapes": set(),
    "extras": set(),
    "letters": set(),
    "escape": {"letters"},
    "redact": set(),
    "trust": {"tomldata"},
    "tomldata": {"kept", "nesting"},
    "regular": set(),
    "practices": {"tomldata", "wording"},
    "topics": set(),
    "tomlplaces": set(),
    "linear": set(),
    "profile_expressions": set(),
    "layouts": {"markup", "profile_expressions"},
    "profile": {"layouts", "profile_files", "snapshot", "trust"},
    "profile_files": {"profile", "profile_check", "tomldata", "tomlplaces", "trust"},
    "profile_check": {"claims", "layouts", "practices", "probes", "profile", "profile_files", "tomldata", "topics"},
    "profile_schema": {"practices", "probes", "profile", "profile_check", "profile_files", "topics"},
    "classwide": {"profile"},
    "likeness": {"profile", "wording"},
    "template": {"checklist", "markup", "profile"},
    "profile_new": {"likeness", "markup", "practices", "profile", "profile_files", "template", "topics", "wording"},
    "cli_profile": ANY,
    "laidout": {"checklist", "globs", "layouts", "markup", "profile"},
    "laidreport": {"checklist", "laidout", "profile", "report", "snapshot"},
    "wording": set(),
    "holes": set(),
    "globs": set(),
    "repository": {"fetch", "gitdir"},
    "limits": set(),
    "deadline": {"limits"},
    "tree": {"blobs", "holes", "limits", "repository"},
    "nesting": {"limits"},
    "decoding": {"repository"},
    "said": set(),
    "snapshot": {
        "deadline",
        "decoding",
        "gitsnapshot",
        "globs",
        "holes",
        "limits",
        "redact",
        "repository",
        "said",
        "tree",
    },
    "blobs": {"repository"},
    "gitsnapshot": {"blobs", "repository", "snapshot", "tree"},
    "fetch": {"gitdir", "gitparts", "locks", "repository", "whole"},
    "grammar": {"limits"},
    "boundary": {"deadline", "limits", "snapshot"},
    "ending": {"escape", "stopping"},
    "ini": {"snapshot"},
    "readers": {"grammar", "nesting", "readers", "snapshot"},
    "gitdir": {"gitparts"},
    "gitparts": set(),
    "locks": set(),
    "whole": set(),
    "markup": {"letters"},
    "checklist": {"markup", "profile", "seen"},
    "report": {
        "checklist",
        "decoding",
        "laidout",
        "laidreport",
        "layouts",
        "letters",
        "markup",
        "profile",
        "report",
        "snapshot",
        "wording",
    },
    "form": {"facts", "form", "globs", "markup", "profile", "report", "snapshot"},
    "disk": {"claims", "facts", "form", "redact", "snapshot"},
    "loose_ends": {"boundary", "facts", "form", "readers", "redact", "snapshot"},
    "moved": {"disk", "facts", "form"},
    "worktree": {"gitdir", "gitparts", "snapshot", "tree"},
    "facts": {"boundary", "facts", "grammar", "ini", "readers", "redact", "snapshot", "wording"},
    "probes": {"boundary", "facts", "ini", "probes", "readers", "snapshot"},
    "idle": {"facts", "rules", "snapshot"},
    "seen": {"markup"},
    "prose": {"markup", "seen"},
    "clauses": {"prose"},
    "numbers": set(),
    "claims": {
        "hints",
        "boundary",
        "claims",
        "clauses",
        "facts",
        "markup",
        "numbers",
        "practices",
        "probes",
        "profile",
        "prose",
        "redact",
        "snapshot",
        "readers",
        "seen",
        "wording",
    },
    "injection": {"letters", "prose", "redact"},
    "prompts": set(),
    "judges": {
        "claims",
        "escape",
        "extras",
        "judges",
        "locks",
        "profile",
        "prompts",
        "redact",
        "report",
        "snapshot",
        "whole",
        "wording",
    },
    "verify": {"claims", "judges", "redact"},
    "standing": {"judges", "rules", "verify"},
    "hints": set(),
    "fingerprints": set(),
    "rules": {"fingerprints", "profile", "trust"},
    "render": {"decisions", "escape", "markup", "moments", "redact", "render", "rules"},
    "decisions": {"escape", "moments", "render"},
    "handin": {"boundary", "facts", "form", "layouts", "markup", "prepared", "profile", "rules", "snapshot"},
    "decision_files": {"decisions", "stored", "whole"},
    "since": {"fingerprints", "stored"},
    "pages": {"escape", "decisions", "render", "since"},
    "overview": {"decision_files", "decisions", "groups", "pages", "render", "since", "stored"},
    "view": {"decision_files", "decisions", "overview", "pages", "render", "stored"},
    "keeping": {"locks", "overview", "whole"},
    "cli_view": ANY,
    "cli_config": ANY,
    "cli_feedback": ANY,
    "prepared": {"boundary", "facts", "judges", "profile", "snapshot"},
    "replies": {"boundary", "claims", "judges", "prepared", "profile", "prose", "rules", "verify"},
    "examine": {
        "boundary",
        "claims",
        "deadline",
        "facts",
        "globs",
        "grammar",
        "holes",
        "idle",
        "injection",
        "prepared",
        "probes",
        "profile",
        "prose",
        "report",
        "rules",
        "snapshot",
    },
    "missing": {"boundary", "prepared", "profile", "report", "repository"},
    "pipeline": ANY,
    "checking": ANY,
    "stored": {"rules"},
    "evaluate": {
        "claims",
        "escape",
        "evaluate",
        "gitdir",
        "judges",
        "prepared",
        "profile",
        "prose",
        "render",
        "report",
        "repository",
        "rules",
        "snapshot",
        "stored",
        "trust",
        "whole",
    },
    "cli_eval": ANY,
    "cli_explain": ANY,
    "explain": ANY,
    "options": set(),
    "groups": {"snapshot"},
    "workers": set(),
    "batch": ANY,
    "folder": {"groups", "locks", "whole"},
    "stopping": set(),
    "warm": {"batch", "claims", "fetch", "probes"},
    "cli": ANY,
    "cli_batch": ANY,
    "cli_notes": {"deadline", "escape", "gitdir", "options"},
    "cli_asking": {"cli_notes", "judges", "options"},
    "__main__": {"cli", "start"},
    "__init__": set(),
}


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports(path: Path) -> None:
    layer = path.relative_to(ROOT).parts[0].removesuffix(".py")
    allowed = ALLOWED[layer]
    if allowed is None:
        return
    if "snapshot" in allowed:  # what a snapshot is made of and told in
        allowed = allowed | {"decoding", "gitsnapshot", "globs", "holes", "repository", "said"}
    imported: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "auditor":
            imported |= {node.module.split(".")[1]} if "." in node.module else {name.name for name in node.names}
        elif isinstance(node, ast.Import):
            imported |= {n.name.split(".")[1] for n in node.names if n.name.startswith("auditor.")}
    assert imported <= allowed | {
        "models",
        "errors",
        "deadline",
        "extras",
        "lazy",
        "limits",
        "linear",
        "regular",
        "shapes",
        "__version__",
    }


def test_only_the_command_line_prints() -> None:
    for path in ROOT.rglob("*.py"):
        if path.name != "cli.py":
            calls = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
            assert not [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "print"], path


def test_exceptions_are_swallowed_in_named_places_only() -> None:
    """`except Exception` turns a failure into data at the boundaries: each fact, probe, settler and reader of claims
    (`boundary`), each reader of a file, the file of a pack, the judge, the submission, and the command."""
    found = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")))
    }
    assert found == {
        "boundary.py",
        "ending.py",
        "readers/boundary.py",
        "judges/online.py",
        "judges/pack.py",
        "batch.py",
    }
