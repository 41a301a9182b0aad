"""Looks by coverage for a text that gets an exception out of the parser of reports or a reader.

    pip install atheris
    PYTHONPATH=tests python tests/hostile/atheris_fuzz.py [report | readers] [SECONDS]

It is no dependency of the project: it is built for one Python at a time. A text that fails is written to `crash-...` and named.
"""

import sys
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

with atheris.instrument_imports(include=["auditor"]):
    from auditor.errors import UserError
    from auditor.profile import load_profile
    from auditor.readers.commands import commands
    from auditor.readers.docker import docker
    from auditor.readers.dvc import dvc_remotes
    from auditor.readers.python import python
    from auditor.readers.toml import toml
    from auditor.readers.workflows import workflow
    from auditor.readers.yaml import yaml_documents
    from auditor.report.find import find_report
    from auditor.report.parse import parse_report
    from auditor.repository import Unreadable
    from auditor.snapshot import Snapshot

PROFILE = load_profile()
READERS = {
    "a.py": python, "n.ipynb": python, "a.yml": yaml_documents, ".github/workflows/a.yml": workflow, ".gitlab-ci.yml": workflow, "a.toml": toml,
    "Dockerfile": docker, "run.sh": commands, "Makefile": commands, "tasks.py": commands, ".dvc/config": dvc_remotes,
}  # fmt: skip


def report(data: bytes) -> None:
    snapshot = Snapshot({"reports/README.md": data})
    try:
        made = parse_report(find_report(snapshot, "reports/README.md", PROFILE), PROFILE, snapshot.files)
    except UserError:
        return
    type(made).model_validate_json(made.model_dump_json())


def files(data: bytes) -> None:
    if not data:
        return
    path = list(READERS)[data[0] % len(READERS)]
    file = Snapshot({path: data[1:]}).files[path]
    try:
        READERS[path](file)
    except Unreadable:  # of a reader that asks for the text itself
        assert file.why_skipped


def main() -> None:
    what, seconds = [*sys.argv[1:], *("report", "300")[len(sys.argv) - 1 :]][:2]
    fixtures = ROOT / "fixtures"
    seeds = Path("/tmp") / f"atheris-{what}"
    seeds.mkdir(exist_ok=True)
    for n, path in enumerate(
        p for p in sorted(fixtures.rglob("*")) if p.is_file() and p.stat().st_size < 60_000 and p.suffix != ".png"
    ):
        (seeds / f"seed-{n}").write_bytes(bytes([n % 256] if what == "readers" else b"") + path.read_bytes())
    arguments = [
        sys.argv[0],
        f"-max_total_time={seconds}",
        "-max_len=60000",
        "-timeout=30",
        "-rss_limit_mb=3000",
        str(seeds),
    ]
    atheris.Setup(arguments, report if what == "report" else files)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
