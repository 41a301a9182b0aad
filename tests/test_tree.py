"""The paths of a commit: all of them, or fair shares where there are more than are read."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from test_repository import git, made

from auditor import limits, tree
from auditor.blobs import Blobs
from auditor.repository import Repository
from auditor.tree import Folder, Listing, Row, fits, named, share, tracked


def _set(monkeypatch: pytest.MonkeyPatch, name: str, value: int) -> None:
    one = limits.table()[name]
    monkeypatch.setattr(limits, name, limits.Limit(value, one.of, one.why))


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repository with folders in folders, an executable, a link, and a submodule."""
    path = made(tmp_path / "repo", "main")
    for name, text in (("src/a.py", "x = 1\n"), ("src/in/b c.py", "y = 22\n"), ("data/æ.txt", ""), ("z", "1")):
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text)
    (path / "z").chmod(0o755)
    (path / "src/link").symlink_to("a.py")
    git(path, "add", "-A")
    git(path, "update-index", "--add", "--cacheinfo", f"160000,{'12' * 20},sub")
    git(path, "commit", "-q", "-m", "more")
    return path


@pytest.fixture
def blobs(repo: Path) -> Iterator[Blobs]:
    made = Blobs(Repository(repo))
    yield made
    made.close()


def rows(path: Path, commit: str = "HEAD") -> list[Row]:
    """What git says of a commit's files."""
    made = []
    for line in git(path, "ls-tree", "-r", "-l", "-z", commit).split("\0"):
        if line:
            meta, _, name = line.partition("\t")
            mode, _, blob, size = meta.split()
            made.append(Row(name.encode("utf-8", "surrogateescape"), mode, blob, -1 if size == "-" else int(size)))
    return made


def by_path(found: list[Row]) -> list[tuple[bytes, str, str, int]]:
    return sorted((r.path, r.mode, r.blob, r.size) for r in found)


def test_a_commits_files_are_read_with_their_modes_and_sizes(
    repo: Path, blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "share", lambda *_: pytest.fail("all of them are listed at once"))
    repository = Repository(repo)
    found, cut = tracked(repository, repository.head(), blobs)
    assert (by_path(found), cut) == (by_path(rows(repo)), ())
    sizes = {r.path.decode(): (r.mode, r.size) for r in found}
    assert sizes["z"] == ("100755", 1)
    assert sizes["src/in/b c.py"] == ("100644", 7)
    assert sizes["src/link"] == ("120000", 4)
    assert sizes["sub"] == ("160000", -1)
    assert sizes["data/æ.txt"] == ("100644", 0)


def test_what_is_left_of_many_files_is_as_it_is_in_the_commit(
    repo: Path, blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(30):
        (repo / f"src/in/f{n:02}.py").write_text(f"{n}\n")
    git(repo, "add", "src")
    git(repo, "commit", "-q", "-m", "many")
    whole = {r.path: r for r in rows(repo)}
    _set(monkeypatch, "PATHS", 20)
    repository = Repository(repo)
    found, cut = tracked(repository, repository.head(), blobs)
    assert len(found) == 20
    assert [r for r in found if r != whole[r.path]] == []
    assert {b"z", b"sub", b"src/a.py", b"src/link", "data/æ.txt".encode()} <= {r.path for r in found}
    kept = sum(r.path.startswith(b"src/in/") for r in found)
    assert [str(h) for h in cut] == [
        f"src/in: holds 31 files, of which the first {kept} are read (of 20 tracked files)"
    ]


def test_further_commits_are_read_from_what_they_do_not_share(
    repo: Path, blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = git(repo, "rev-parse", "HEAD")
    (repo / "src/in/b c.py").write_text("z = 333\n")
    (repo / "new").mkdir()
    (repo / "new/x.md").write_text("new\n")
    git(repo, "add", "src", "new")
    git(repo, "rm", "-q", "data/æ.txt")
    git(repo, "commit", "-q", "-m", "third")
    repository = Repository(repo)
    known, _ = tracked(repository, repository.head(), blobs)
    listing = Listing(repository, blobs, known)
    monkeypatch.setattr(tree, "tracked", lambda *_: pytest.fail("it is read from its folders"))
    for commit in (first, "HEAD", f"{first}~1"):
        assert listing.tracked(git(repo, "rev-parse", commit)) == (
            sorted(rows(repo, commit), key=lambda r: r.path),
            (),
        )


@pytest.mark.parametrize(("limit", "value"), [("PATHS", 3), ("PATH_DEPTH", 1), ("PATH_CHARACTERS", 20)])
def test_a_further_commit_of_too_much_is_cut_as_the_first_would_be(
    limit: str, value: int, repo: Path, blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = Repository(repo)
    _set(monkeypatch, limit, value)
    found = Listing(repository, blobs, []).tracked(repository.head())
    assert found == tracked(repository, repository.head(), blobs)
    assert found[1]


def test_a_folder_that_is_missing_is_a_hole_in_a_further_commit(repo: Path, blobs: Blobs) -> None:
    sha = git(repo, "rev-parse", "HEAD:src")
    (repo / ".git" / "objects" / sha[:2] / sha[2:]).unlink()
    repository = Repository(repo)
    found, cut = Listing(repository, blobs, []).tracked(repository.head())
    assert {r.path for r in found} == {b"z", b"sub", "data/æ.txt".encode()}
    assert [str(h) for h in cut] == ["src: cannot be read: it is missing from this copy, or damaged"]


def test_as_many_as_the_limits_say_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, "PATHS", 3)
    _set(monkeypatch, "ALL_PATHS", 5)
    _set(monkeypatch, "PATH_CHARACTERS", 40)
    _set(monkeypatch, "PATH_DEPTH", 2)
    assert fits([b"a", b"b", b"c"])
    assert not fits([b"a", b"b", b"c", b"d"])
    assert fits([b"a", b"b", b"c", b"d.png", b"e.PNG"])
    assert not fits([b"a", b"b", b"d.png", b"e.png", b"f.png", b"g.png"])
    assert not fits([b"d.png"] * 6)
    assert fits([b"x" * 20, b"y" * 20])
    assert not fits([b"x" * 20, b"y" * 21])
    assert not fits([b"x" * 20, b"y" * 17 + b".png"])  # letters of images count, too
    assert fits([b"a/b/c"])
    assert not fits([b"a/b/c/d"])
    assert fits([])


@pytest.mark.parametrize(
    "endings",
    [
        "png jpg jpeg gif webp bmp tif tiff ico pdf",
        "zip gz tgz bz2 xz zst 7z tar whl jar",
        "pt pth ckpt onnx pb h5 hdf5 pkl pickle joblib npy npz safetensors model mar bin",
        "parquet feather arrow db sqlite sqlite3 xlsx docx pptx wandb prof",
        "mp3 mp4 wav avi mov webm ttf otf woff woff2 eot so dll exe pyc class",
    ],
)
def test_what_is_no_text_does_not_count_as_one(endings: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, "PATHS", 0)
    assert [e for e in endings.split() if not fits([b"a." + e.encode()])] == []
    assert not fits([b"a.py"])
    assert not fits([b"a.ipynb"])


def laid(folders: dict[bytes, Folder], *files: bytes) -> Folder:
    return Folder(
        [Row(f, "100644", f.decode()) for f in files],
        [(name, _size(one), partial(lambda one: one, one)) for name, one in folders.items()],
    )


def _size(folder: Folder) -> int:
    return len(folder.files) + sum(n for _, n, _ in folder.folders)


def test_who_needs_less_than_a_share_leaves_the_rest_to_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, "PATHS", 12)
    many = laid({}, *(b"f%d" % n for n in range(10)))
    top = laid({b"big": many, b"bigger": laid({b"in": many}, b"own"), b"small": laid({}, b"one", b"two")}, b"README")
    kept, cut = share(top)
    # 12 for four: 1 of the top and 2 of `small`, and of the 9 that are left 4 and 5
    assert [r.path for r in kept] == [
        b"README", b"small/one", b"small/two", *(b"big/f%d" % n for n in range(4)), b"bigger/own", *(b"bigger/in/f%d" % n for n in range(4)),
    ]  # fmt: skip
    assert kept[1] == Row(b"small/one", "100644", "one", -1)
    assert [str(h) for h in cut] == [
        "big: holds 10 files, of which the first 4 are read (of 12 tracked files)",
        "bigger/in: holds 10 files, of which the first 4 are read (of 12 tracked files)",
    ]


def test_folders_for_which_there_is_no_room_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, "PATHS", 2)
    two = laid({}, b"x", b"y")
    kept, cut = share(laid({b"a": two, b"b": two, b"c": two}))
    assert [r.path for r in kept] == [b"b/x", b"c/x"]
    assert [str(h) for h in cut] == [
        "a: holds 2 files, more than is read (2 tracked files)",
        "b: holds 2 files, of which the first 1 are read (of 2 tracked files)",
        "c: holds 2 files, of which the first 1 are read (of 2 tracked files)",
    ]
    endless = Folder([], [(b"a", 1 << 60, partial(laid, {}, b"x"))] * 3)
    assert [h.reason for h in share(endless)[1]][:1] == ["holds files without end, more than is read (2 tracked files)"]


def test_the_letters_of_paths_are_shared_with_the_folders_names(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, "PATH_CHARACTERS", 16)
    kept, cut = share(laid({b"dir": laid({}, b"abcd", b"efgh", b"ijkl"), b"later": laid({}, b"x", b"y", b"z", b"w")}))
    assert [r.path for r in kept] == [b"dir/abcd", b"dir/efgh"]  # 16 letters
    assert [h.path for h in cut] == ["dir", "later"]
    assert cut[1].reason == "holds 4 files, more than is read (20,000 tracked files)"


def test_folders_are_opened_down_to_the_depth_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, "PATH_DEPTH", 2)
    deep = laid({b"a": laid({b"b": laid({b"c": laid({}, b"far")}, b"near")}, b"x")}, b"top")
    kept, cut = share(deep)
    assert [r.path for r in kept] == [b"top", b"a/x", b"a/b/near"]
    assert [str(h) for h in cut] == ["a/b/c: lies deeper than 2 folders in folders"]
    names = [b"top", b"a/x", b"a/b/near", b"a/b/c/far"]
    assert named(names[:3]) == (names[:3], ())
    assert named(names) == (sorted(names[:3]), cut)
    kept, cut = share(laid({b"gone": laid({})}, b"top"))
    assert [str(h) for h in cut] == ["gone: cannot be read: it is missing from this copy, or damaged"]


def test_many_holes_are_told_as_the_folders_at_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, "PATH_DEPTH", 1)

    def cut(folders: int, tops: int) -> list[str]:
        names = [b"t%02d/d%02d/x" % (n % tops, n) for n in range(folders)]
        return [str(h) for h in named(names)[1]]

    assert len(cut(40, 5)) == 40
    assert cut(40, 5)[0] == "t00/d00: lies deeper than 1 folders in folders"
    why = "holds more, or deeper, than is read (20,000 tracked files, 1 folders in folders)"
    assert cut(41, 5) == [f"t{n:02}: {why}" for n in range(5)]
    assert len(cut(80, 40)) == 40
    assert cut(82, 41) == [why]  # of all that there is


def test_folders_that_nobody_counts_are_without_end(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "_TREES", 1)
    top = tree._Trees(blobs).folder(b"HEAD^{tree}", 0)
    assert {name: n for name, n, _ in top.folders} == {b"data": 1 << 60, b"src": 1 << 60}
    assert tree._Trees(blobs).whole(b"HEAD^{tree}") is None
    monkeypatch.setattr(tree, "_TREES", 4)
    assert tree._Trees(blobs).whole(b"HEAD^{tree}") is None  # all are read, and nobody knows
    monkeypatch.setattr(tree, "_TREES", 50_000)
    top = tree._Trees(blobs).folder(b"HEAD^{tree}", 0)
    assert {name: n for name, n, _ in top.folders} == {b"data": 1, b"src": 3}
    assert {row.path for row in top.files} >= {b"z", b"sub"}
    assert [row.path for row in top.folders[1][2]().files] == [b"a.py", b"link"]
    for depth, below in ((2, 1), (1, 1 << 60)):
        _set(monkeypatch, "PATH_DEPTH", depth)
        top = tree._Trees(blobs).folder(b"HEAD^{tree}", 0)
        assert [n for _, n, _ in top.folders] == [1, below if depth == 1 else 3]
        assert [n for _, n, _ in top.folders[1][2]().folders] == [below]


def test_what_a_command_says_is_read_up_to_a_size(repo: Path) -> None:
    repository = Repository(repo)
    said = tree._at_most(repository, 100_000, "cat-file", "-p", "HEAD:z")
    assert said == b"1"
    assert tree._at_most(repository, 1, "cat-file", "-p", "HEAD:z") == b"1"
    assert tree._at_most(repository, 0, "cat-file", "-p", "HEAD:z") is None
    assert tree._at_most(repository, 100, "cat-file", "-p", "HEAD:nothing") is None
