"""What cannot be read or followed is never absent: the third value, and that nothing gets past it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from build_fixture import build

from auditor.examine import examine
from auditor.gitsnapshot import OpenSnapshot, open_snapshot
from auditor.holes import Hole, unsure, watching
from auditor.models import Audited
from auditor.prepared import Prepared
from auditor.profile import load_profile
from auditor.report.find import find_report
from auditor.report.parse import parse_report
from auditor.repository import Repository, Unreadable
from auditor.snapshot import SUBMODULE, File, Snapshot

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n"
# Every file in every way takes some minutes; the suite takes a file in one way and the next in another.
EVERY = int(os.environ.get("AUDITOR_EVERY_FILE", "0"))


def missing() -> bytes:
    raise Unreadable("missing from this copy of the repository")


def spoilt(file: File, way: str) -> File:
    """The file as it is when nobody can read it."""
    if way == "pointer":
        return File(file.path, "0" * 40, len(POINTER), lambda: POINTER)
    if way == "too large":
        return File(file.path, file.blob, 2_000_000, file.bytes, "larger than 1,000,000 bytes")
    if way == "missing":
        return File(file.path, file.blob, file.size, missing, "missing from this copy of the repository")
    broken = file.text.encode() + b"\n\t:::{{{ '''\n"
    return File(file.path, "1" * 40, len(broken), lambda: broken)


WAYS = ("pointer", "too large", "missing", "broken syntax")
PARSED = ("py", "yml", "yaml", "toml", "ipynb")


@pytest.fixture(scope="module", params=["consistent", "overclaiming"])
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSnapshot]:
    repository = Repository(build(request.param, tmp_path_factory.mktemp("holes") / request.param))
    profile = load_profile()
    with open_snapshot(repository, repository.head()) as snapshot:
        file = find_report(snapshot)
        snapshot.set_aside = lambda f: "course material" if f.path == file.path else profile.set_aside(f)
        snapshot.report = parse_report(file, profile, snapshot.files, snapshot.commit, "")
        yield snapshot


def audited(whole: OpenSnapshot, files: list[File]) -> Prepared:
    snapshot = Snapshot(
        files=files,
        history=whole.history,
        committed=whole.committed,
        set_aside=whole.set_aside,
    )
    snapshot.report = whole.report
    assert whole.report is not None
    about = Audited(id="x", repo="x", report_path=whole.report.path, commit="0" * 40, commit_time="")
    return examine(snapshot, load_profile(), about)


def absences(prepared: Prepared) -> set[tuple[object, ...]]:
    """Every absence and every contradiction by the repository. That a named file does not parse is what one kind is about."""
    found: set[tuple[object, ...]] = {("absent", r.probe) for r in prepared.results if r.outcome == "absent"}
    found |= {
        (v.by if v.by != "probe" else "box", v.claim.source.kind, v.claim.source.n, v.claim.quote)
        for v in prepared.verdicts
        if v.label == "contradicted" and v.rule in ("", "prose-contradicts-repository") and "parse" not in v.repo_shows
    }
    return found


@pytest.mark.parametrize("way", WAYS)
def test_an_unreadable_file_makes_nothing_absent(whole: OpenSnapshot, way: str) -> None:
    before = absences(audited(whole, list(whole.files.values())))
    for i, (path, file) in enumerate(whole.files.items()):
        if path == getattr(whole.report, "path", "") or file.why_skipped:
            continue
        if not EVERY and i % len(WAYS) != WAYS.index(way):
            continue
        if way == "broken syntax" and file.suffix not in PARSED:
            continue
        after = absences(audited(whole, [spoilt(f, way) if f is file else f for f in whole.files.values()]))
        assert after <= before, (path, way, after - before)


def test_a_submodule_makes_nothing_absent(whole: OpenSnapshot) -> None:
    before = absences(audited(whole, list(whole.files.values())))
    report = getattr(whole.report, "path", "")
    for folder in sorted({f.folder for f in whole.files.values() if f.folder}):
        if report.startswith(folder + "/"):
            continue
        kept = [f for f in whole.files.values() if not f.path.startswith(folder + "/")]
        after = audited(whole, [*kept, File(folder, "2" * 40, 0, missing, SUBMODULE)])
        assert absences(after) <= before, (folder, absences(after) - before)
        named = [p for p in after.omitted if p.path == folder]
        assert [p.message for p in named] == ["a submodule"], "it is named once for the whole record"


def test_a_hole_is_named_with_the_boxes_that_hang_on_it(whole: OpenSnapshot) -> None:
    kept = [f for f in whole.files.values() if not f.path.startswith("src/")]
    after = audited(whole, [*kept, File("src", "2" * 40, 0, missing, SUBMODULE)])
    (problem,) = (p for p in after.omitted if p.path == "src")
    unverifiable = {v.claim.source.n for v in after.verdicts if v.label == "not_verifiable" and v.by == "probe"}
    assert len(problem.items) > 5
    assert set(problem.items) <= unverifiable


def test_a_submodule_elsewhere_hides_nothing_that_is_there(whole: OpenSnapshot) -> None:
    """What lines and files show that are in the commit is said all the same."""
    files = list(whole.files.values())
    before, after = (
        {
            (v.by, v.claim.quote)
            for v in audited(whole, chosen).verdicts
            if v.label == "contradicted" and v.by in ("claim:file", "claim:enforces", "claim:setting")
        }
        for chosen in (files, [*files, File("third_party/x", "2" * 40, 0, missing, SUBMODULE)])
    )
    assert before == after
    assert whole.report is not None
    assert bool(before) == ("removed the `docs` folder" in whole.report.text)


# -- the watch ---------------------------------------------------------------------------------------------------------


def holes_of(snapshot: Snapshot, *globs: str, mentions: tuple[str, ...] = ()) -> list[str]:
    with watching() as watch:
        for file in snapshot.select(globs, mentions):
            _ = file.lines
    return [h.path for h in watch.holes]


def tree(**files: str | bytes) -> Snapshot:
    return Snapshot({path.replace("__", "/"): content for path, content in files.items()})


def with_submodule(path: str) -> Snapshot:
    snapshot = Snapshot({"a.py": "x = 1\n", "docs/b.md": "b\n"})
    snapshot.hold([*snapshot.files.values(), File(path, "2" * 40, 0, missing, SUBMODULE)])
    return snapshot


@pytest.mark.parametrize(
    ("globs", "hole"),
    [
        (("**/*.py",), True),
        (("src/*.py",), True),
        (("src/**",), True),
        (("**/model.py",), True),
        (("*.py",), False),
        (("docs/**",), False),
        (("tests/**/*.py", "!**/x/**"), False),
        (("**/*.py", "!src/**"), False),
        (("s?c/*/deep.py",), True),
        (("src",), False),
    ],
)
def test_a_submodule_is_a_hole_where_a_glob_could_match_below_it(globs: tuple[str, ...], hole: bool) -> None:
    assert holes_of(with_submodule("src"), *globs) == (["src"] if hole else [])


def test_looking_up_a_path_below_a_submodule_is_a_hole() -> None:
    snapshot = with_submodule("libs/core")
    for ask, holes in [("libs/core/a.py", 1), ("libs/b.py", 0), ("a.py", 0), ("libs/corex/a.py", 0)]:
        with watching() as watch:
            assert (ask in snapshot.files) is (ask == "a.py")
        assert len(watch.holes) == holes, ask
    with watching() as watch:
        assert [p for p in snapshot.files if p.endswith(".md")] == ["docs/b.md"]
    assert watch.holes == (Hole("libs/core", SUBMODULE),)
    assert "libs/core" in snapshot.folders


def test_pointers_are_no_text() -> None:
    snapshot = tree(**{"train.py": POINTER, "nb.ipynb": POINTER, "x.dockerfile": POINTER, "ok.py": "x = 1\n"})
    assert holes_of(snapshot, "**/*.py") == ["train.py"]
    assert holes_of(snapshot, "**/*.ipynb", "**/*.dockerfile") == ["nb.ipynb", "x.dockerfile"]
    assert holes_of(snapshot, "**/*.py", mentions=("hydra",)) == ["train.py"], "it might have the word"
    with pytest.raises(Unreadable, match="Git LFS"):
        _ = snapshot.files["train.py"].text


def test_text_that_speaks_of_pointers_is_text() -> None:
    snapshot = tree(**{"README.md": "The first line of a pointer is\nversion https://git-lfs.github.com/spec/v1\n"})
    assert holes_of(snapshot, "**/*.md") == []


def test_binary_files_are_no_holes() -> None:
    assert holes_of(tree(**{"a.png": b"\x89PNG\0", "b": b"a\0b"}), "**/*") == []


def test_what_is_remembered_remembers_its_holes() -> None:
    snapshot = tree(a__py="x")
    file = snapshot.files["a/py"]
    for once in (snapshot.once, file.once):
        for _ in range(2):
            with watching() as watch:
                once("a fact", lambda: unsure(Hole("z", "not followed")))
            assert watch.holes == (Hole("z", "not followed"),)
    with watching() as outer:
        with watching() as inner:
            unsure(Hole("y", "not read"))
        assert inner
        assert not outer, "who passes a result on passes its holes on"


# -- links -------------------------------------------------------------------------------------------------------------


def link(path: str, to: str) -> File:
    return File(path, "3" * 40, len(to), to.encode, "a symbolic link")


def linked(*links: File) -> Snapshot:
    snapshot = Snapshot({"src/a.py": "x = 1\n", "REPORT.md": "# Report\n", "docker/api": "FROM x\n"})
    snapshot.hold([*snapshot.files.values(), *links])
    return snapshot


def test_a_link_to_a_tracked_file_is_that_file() -> None:
    snapshot = linked(link("reports/README.md", "../REPORT.md"), link("again.md", "reports/README.md"))
    assert snapshot.files["reports/README.md"].text == "# Report\n"
    assert snapshot.files["again.md"].text == "# Report\n"
    assert [f.path for f in snapshot.select(("**/*.md",))] == ["REPORT.md"], "once, by its own name"
    assert [f.path for f in snapshot.select(("reports/*.md",))] == ["reports/README.md"]
    assert holes_of(snapshot, "**/*.md") == []


def test_a_link_to_a_folder_of_the_commit_is_no_hole() -> None:
    snapshot = linked(link("pkg", "src"))
    assert snapshot.files["pkg/a.py"].path == "src/a.py"
    assert holes_of(snapshot, "**/*.py") == []
    with watching() as watch:
        assert "pkg/b.py" not in snapshot.files
    assert not watch.holes


@pytest.mark.parametrize("to", ["../elsewhere", "../../shared/src"])
def test_a_link_out_of_the_repository_is_a_hole(to: str) -> None:
    assert holes_of(linked(link("pkg", to)), "**/*.py") == ["pkg"]


@pytest.mark.parametrize("to", ["/scratch/data", "run-20260101", "data", "src/run"])
def test_a_link_to_what_was_never_handed_in_is_no_hole(to: str) -> None:
    """A place on somebody's machine, or in the repository and not tracked: there is nothing to read."""
    assert holes_of(linked(link("data", to)), "**/*") == []


def test_what_git_annex_keeps_is_a_hole() -> None:
    annexed = "../.git/annex/objects/G0/kx/SHA256E-s12--" + "0" * 64 + ".py/SHA256E-s12--" + "0" * 64 + ".py"
    assert holes_of(linked(link("src/train.py", annexed)), "**/*.py") == ["src/train.py"]


def test_links_in_a_circle_end() -> None:
    snapshot = linked(link("one", "two"), link("two", "one"))
    assert holes_of(snapshot, "**/*.py") == []
    assert isinstance(snapshot.files["one"], File)
    assert Path("one") not in snapshot.files
