"""The template that the project was laid out by."""

import re
from collections.abc import Iterator

from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.readers.text import lines_matching
from auditor.snapshot import Files

# generation, folder of the package (`src/*` is any folder below src), its files, how many of them make the layout
_LAYOUTS = (
    ("mlops_template (since December 2024)", "src/*", ("data.py", "model.py", "train.py", "evaluate.py", "visualize.py", "api.py"), 4),
    ("mlops_template (2024)", "*", ("data/make_dataset.py", "models/model.py", "train_model.py", "predict_model.py", "visualizations/visualize.py"), 3),
    ("cookiecutter-data-science (version 1)", "*", ("data/make_dataset.py", "features/build_features.py", "models/train_model.py", "models/predict_model.py", "visualization/visualize.py"), 3),
    ("cookiecutter-data-science (version 2)", "*", ("config.py", "dataset.py", "features.py", "plots.py", "modeling/train.py", "modeling/predict.py"), 4),
)  # fmt: skip
_ANSWERS = compile_later(
    r"(^|/)(\.cruft\.json|\.copier-answers\.ya?ml|\.cookiecutter(rc|\.json|\.ya?ml)|cookiecutter\.json)$", re.I
)
_NAMES_TEMPLATE = compile_later(
    r"cookie-?cutter|\bcruft\b|\bmlops_template\b|copier template|drivendata/|\bccds\b", re.IGNORECASE
)
# a checklist's line, or a quoted question of the report
_ASKED = compile_later(r"^\s*(>|[-*]\s*\[[ xX]?\])")
_DENIES = compile_later(
    r"\b(not|no|without|instead of|rather than|n't)\b[^.]{0,40}(cookie-?cutter|template)", re.IGNORECASE
)
_SUBJECT = compile_later(
    r"cookie-?cutter|\bcruft\b|\bccds\b"
    r"|\b(mlops|project|repo(sitory)?|course|initial|init|base|starter|standard|data[- ]science|dtu|add(ed)?|appl(y|ied)|set ?up|from)\b"
    r"[ _-]+(the )?((mlops|project|course|initial) )?(template|skeleton|scaffold(ing)?)\b(?! for)",
    re.IGNORECASE,
)
_OTHER_TEMPLATE = compile_later(r"\b(report|exam|issue|pull|pr|html|jinja|docker|prompt|readme)\b", re.IGNORECASE)
# what tools write and any project may have
_ANYBODYS = compile_later(
    r"(^|/)(\.dvc.*|\.git.*|LICENSE.*|\.python-version|\.idea/.*|__init__\.py|reports?/.*)$", re.IGNORECASE
)


@probe(
    "template-files",
    asks="Does the project have a project template's files?",
    looks_in=("**/*.py",),
    stubs=True,
)
def template_files(files: Files) -> Iterator[Evidence]:
    """As `template-layout`, by the layout of files and by a template tool's answers file only: what a README or a commit says
    of a template, and a few files kept from one, may be no more than where ideas came from."""
    yield from _layouts(files)
    for path, file in files.paths.items():
        if _ANSWERS.search(path) and not files.aside(path):
            yield file.exists("answers of the template that made the project.")


@probe(
    "template-layout",
    asks="Was the project set up from a cookiecutter or another project template?",
    looks_in=("readme*", "docs/readme.md", "**/*.py"),
    stubs=True,
)
def template_layout(files: Files) -> Iterator[Evidence]:
    """The files of a known template's layout (mlops_template, cookiecutter-data-science, each generation) in their places, a
    template tool's answers file, at least three files that still are the template's own, a README that names the
    template, or an early commit that does. Folders named `data`, `models` or `reports` alone, checklists and questions in a
    README, and report or issue templates do not count."""
    yield from template_files(files)
    for file in files.matching("readme*", "docs/readme.md"):
        for line in lines_matching(file, _NAMES_TEMPLATE, comments=""):
            row = file.lines[line - 1]
            if not _ASKED.match(row) and not _DENIES.search(row):
                yield file.cite(line)
                break
    kept = [
        p
        for p, f in files.paths.items()
        if f.size > 1 and not _ANYBODYS.search(p) and files.aside(p) == "template stub"
    ]
    if len(kept) >= 3:
        note = f"{len(kept)} files still are as the project template brought them: {', '.join(kept[:4])}"
        yield Evidence(kind="fact", note=note + (", ..." if len(kept) > 4 else "."), sources=tuple(kept[:8]))
    for commit in list(reversed(files.history.commits))[:40]:
        subject = commit.subject
        if len(commit.parents) < 2 and _SUBJECT.search(subject) and not _OTHER_TEMPLATE.search(subject):
            yield Evidence(kind="fact", note=f"early commit `{subject[:100]}`.", sources=(f"commit {commit.sha[:10]}",))
            break


def _layouts(files: Files) -> Iterator[Evidence]:
    paths = files.paths
    parents = {p.rpartition("/")[0] for p in paths if p.endswith(".py")}
    packages = {
        f.split("/", depth)[depth - 1] if depth == 1 else "/".join(f.split("/")[:depth])
        for f in parents
        if f
        for depth in (1, 2)
    }
    for generation, where, names, needed in _LAYOUTS:
        for package in sorted(packages):
            if ("/" in package) != ("/" in where) or not package.startswith(where.rstrip("*")):
                continue
            there = [f"{package}/{n}" for n in names if f"{package}/{n}" in paths]
            if len(there) >= needed:
                note = f"layout of {generation}: {len(there)} of {len(names)} files in `{package}/`."
                yield Evidence(kind="fact", note=note, sources=tuple(there))
    if "test_environment.py" in paths and "Makefile" in paths:
        note = "layout of cookiecutter-data-science (version 1): `test_environment.py` beside its Makefile."
        yield Evidence(kind="fact", note=note, sources=("test_environment.py", "Makefile"))
