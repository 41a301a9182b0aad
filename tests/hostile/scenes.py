"""What takes more than one submission or one command: hosts that change, runs at once, kills, odd callers, stored data.

Each scene works in a folder of its own and says what did not hold; nothing where it held.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from build_fixture import build
from running import ROOT, Done, run

Play = Callable[[Path], str]


@dataclass(frozen=True)
class Scene:
    """One scene, by the entry that it belongs to."""

    entry: str
    name: str
    play: Play

    @property
    def full(self) -> str:
        return f"{self.entry} {self.name}"


def play(scene: Scene) -> tuple[str, float]:
    """What did not hold, and the seconds that it took."""
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="hostile-", ignore_cleanup_errors=True) as scratch:
        why = scene.play(Path(scratch))
    return why, time.perf_counter() - begun


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def _due(done: Done, codes: Sequence[int], *said: str) -> str:
    """What is wrong with a run that has to end so and to say this."""
    wrong = list(done.wrong)
    if done.code not in codes:
        wrong.append(f"exit code {done.code}: {done.err.strip()[-200:]}")
    wrong += [
        f"does not say {word!r} but {(done.err + done.out)[-200:]!r}"
        for word in said
        if word not in done.err + done.out
    ]
    return "; ".join(wrong)


def _commit(done: Done) -> str:
    return str(json.loads(done.out)["submission"]["commit"])


def _enclosed(folder: Path) -> str:
    """A4"""
    repo = build("overclaiming", folder / "staff")
    inner = repo / "submissions" / "group1"
    shutil.copytree(repo / "reports", inner / "reports")
    damaged = repo / "submissions" / "group2"
    build("overclaiming", damaged)
    (damaged / ".git" / "HEAD").unlink()
    return "; ".join(
        filter(
            None,
            [
                _due(run(("audit", str(inner)), folder), (2,), "not a git repository"),
                _due(run(("audit", str(damaged)), folder), (2,), "not a git repository"),
                _due(
                    run(("batch", str(repo / "submissions"), "--out", str(folder / "o")), folder),
                    (2,),
                    "not a git repository",
                ),
            ],
        )
    )


def _default_branch(folder: Path) -> str:
    """A5"""
    host = folder / "host.git"
    repo = build("overclaiming", folder / "work")
    _git(folder, "clone", "-q", "--bare", str(repo), str(host))
    url = f"file://{host}"
    first = run(("audit", url, "--format", "json"), folder)
    if why := _due(first, (1,)):
        return why
    _git(repo, "checkout", "-q", "-b", "trunk")
    _git(repo, "commit", "-q", "--allow-empty", "-m", "x")
    _git(repo, "push", "-q", str(host), "trunk")
    _git(host, "symbolic-ref", "HEAD", "refs/heads/trunk")
    second = run(("audit", url, "--format", "json"), folder)
    if why := _due(second, (1,)):
        return why
    if _commit(second) != _git(repo, "rev-parse", "trunk"):
        return "the old default branch was audited"
    _git(host, "branch", "-m", "trunk", "dev")
    _git(host, "branch", "-D", "main")
    third = run(("audit", url, "--format", "json"), folder)
    if why := _due(third, (1,)):
        return f"renamed: {why}"
    for pack in (folder / "cache").rglob("*.pack"):
        pack.chmod(0o644)
        pack.write_bytes(pack.read_bytes()[:300])
    if why := _due(run(("audit", url, "--format", "json"), folder), (1,)):
        return f"damaged: {why}"
    for head in (folder / "cache").rglob("HEAD"):
        head.unlink()
    return _due(run(("audit", url, "--format", "json"), folder), (1,))


SHELL: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("A11 stdout is full", "{a} audit r > /dev/full", (3,)),
    ("A11 stdout is closed", "{a} audit r >&-", (3,)),
    ("A11 both are closed", "{a} audit r >&- 2>&-", (3,)),
    ("A11 nobody reads", "{a} audit r --format json | true; exit ${{PIPESTATUS[0]}}", (3,)),
    ("A11 no git", "PATH=/nonexistent {a} audit file:///x", (2,)),
    ("A11 no git in a batch", "printf 'group,repo\\ng,r\\n' > c.csv; PATH=/nonexistent {a} batch c.csv --out o", (2,)),
    ("A11 a long target", "{a} audit $(printf 'a%.0s' {{1..5000}})", (2,)),
    ("A11 a long cell", "printf 'group,repo\\ng,%05000d\\n' 1 > c.csv; {a} batch c.csv --out o", (2,)),
    ("A11 --before year 1", "{a} audit r --before 0001-01-01", (2,)),
    ("A11 --before year 9999", "{a} audit r --before 9999-12-31", (1,)),
    ("A11 --before nonsense", "{a} audit r --before 99999999999-01-01", (2,)),
    ("A11 before in a list", "printf 'group,repo,before\\ng,r,0001-01-01\\n' > c.csv; {a} batch c.csv --out o", (2,)),
    ("C --before as a basic date", "{a} audit r --before 20260123", (1, 2)),
    ("C --before as a week", "{a} audit r --before 2026-W04", (1, 2)),
    ("A11 the folder is gone", "mkdir g; cd g; rmdir ../g; {a} check", (2,)),
    ("A11 a file for a folder", "{a} audit /etc/passwd", (2,)),
    ("A11 a device", "{a} audit /dev/zero", (2,)),
    ("A11 a record that is none", "echo '{{}}' > x.json; {a} render x.json", (2,)),
    ("A11 a record of nesting", "python3 -c \"print('[' * 100000)\" > x.json; {a} render x.json", (2,)),
    ("A11 a record of a device", "timeout 20 {a} render /dev/zero", (2,)),
    ("A11 decisions of nesting", "{a} audit r --format json > y.json; python3 -c \"print('[' * 100000)\" > x.json; {a} render y.json --decisions x.json", (2,)),
    ("A11 a profile of nesting", "python3 -c \"print('a = ' + '[' * 100000)\" > x.toml; {a} audit r --profile x.toml", (2,)),
    ("A11 a profile that never ends", "timeout 20 {a} audit r --profile /dev/zero", (2,)),
    ("A11 a list that never ends", "timeout 20 {a} batch /dev/zero --out o", (2,)),
    ("A11 a list of nesting and NUL", "printf 'group,repo\\n\\0\\0,\\0\\n' > c.csv; {a} batch c.csv --out o", (2,)),
    ("A11 an output that is a folder", "{a} audit r --output .", (2,)),
    ("A11 a judge's folder that is a file", "echo > d; {a} audit r --judge batch:d --model m", (2,)),
    ("A11 a batch folder that is a file", "echo > d; {a} batch . --out d", (2,)),
    ("A11 answers of nesting", "mkdir -p d; {a} audit r --judge batch:d --model m > /dev/null; python3 -c \"print('[' * 100000)\" > x; {a} answers d x", (1, 2)),
    ("A11 answers with 10^400 tokens", "mkdir -p d; {a} audit r --judge batch:d --model m > /dev/null; python3 -c \"import json,re; ids=[json.loads(l)['custom_id'] for l in open('d/requests-001.jsonl')]; print('\\n'.join('{{\\\"custom_id\\\": %s, \\\"response\\\": {{\\\"status_code\\\": 200, \\\"body\\\": {{\\\"usage\\\": {{\\\"prompt_tokens\\\": 1' % json.dumps(i) + '0'*400 + '}}, \\\"choices\\\": [{{\\\"finish_reason\\\": \\\"stop\\\", \\\"message\\\": {{\\\"content\\\": \\\"{{}}\\\"}}}}]}}}}}}' for i in ids))\" > x; {a} answers d x; {a} audit r --judge batch:d", (0, 1, 2)),
    ("A11 odd settings of the user", "HOME=/nonexistent XDG_CACHE_HOME=/proc/x AUDITOR_CACHE= {a} audit r", (1,)),
    ("A11 GIT variables of a caller", "GIT_DIR=/etc GIT_WORK_TREE=/ GIT_INDEX_FILE=/x GIT_CEILING_DIRECTORIES=/ GIT_OBJECT_DIRECTORY=/x GIT_CONFIG_COUNT=x {a} audit r", (1,)),
    ("A11 odd locale", "LC_ALL=nonsense LANG= PYTHONIOENCODING=ascii {a} audit r", (1,)),
    ("A11 few open files", "ulimit -n 24; {a} audit r", (1, 2)),
    ("A11 a small stack", "ulimit -s 512; {a} audit r", (1, 2)),
    ("A11 no room for files", "ulimit -f 0; {a} audit r --output x.txt", (2,)),
    ("C TERM=dumb", "TERM=dumb {a} audit r | grep -c $'\\x1b' && exit 9; exit 1", (1,)),
    ("A14 groups that are formulas", "printf 'group,repo\\n\"=1+1\",r\\n\"a;=1+1\",nowhere\\n' > c.csv; {a} batch c.csv --out o; grep -E '(^|[,;\\t\"])[ ]*[=+@-]' o/summary.csv && exit 9; exit 2", (2,)),
    ("A13 groups with a line feed", "printf 'group,repo\\n\"a\\n::error::x\",nowhere\\n' > c.csv; {a} batch c.csv --out o 2>&1 | grep -E '^ *::' && exit 9; exit 2", (2,)),
    ("B12 groups of other letters", "printf 'group,repo\\nGruppe \\303\\205,r\\nGruppe \\303\\230,r\\n\\346\\227\\245\\346\\234\\254,r\\na b,r\\na-b,r\\nCON,r\\nnul,r\\n' > c.csv; {a} batch c.csv --out o; [ $(ls o/groups/*.json | wc -l) = 7 ] || exit 9; exit 1", (1,)),
    ("B12 a folder of other letters", "mkdir f; cp -r r f/\\303\\245; cp -r r $'f/\\346\\227\\245'; {a} batch f --out o; [ -e o/groups/.json ] && exit 9; exit 1", (1,)),
    ("B8 an emptied record", "mkdir f; cp -r r f/g1; {a} batch f --out o > /dev/null; : > o/groups/g1.json; {a} batch f --out o 2>&1 | tee said; [ -s o/groups/g1.json ] || exit 9; grep -q unchanged said && exit 8; exit 1", (1,)),
    ("B8 a cut record", "mkdir f; cp -r r f/g1; {a} batch f --out o > /dev/null; truncate -s 5000 o/groups/g1.json; {a} batch f --out o > said 2>&1; python3 -m json.tool o/groups/g1.json > /dev/null || exit 9; exit 1", (1,)),
    ("B8 an emptied state", "mkdir f; cp -r r f/g1; {a} batch f --out o > /dev/null; : > o/state/g1.json; {a} batch f --out o > said 2>&1", (1,)),
    ("B8 a nested state", "mkdir f; cp -r r f/g1; {a} batch f --out o > /dev/null; python3 -c \"print('[' * 100000)\" > o/state/g1.json; {a} batch f --out o > said 2>&1", (1,)),
)  # fmt: skip


def _shell(command: str, codes: tuple[int, ...]) -> Play:
    def made(folder: Path) -> str:
        build("overclaiming", folder / "r")
        done = run(("/bin/bash", "-c", command.format(a=f"{sys.executable} -m auditor")), folder, seconds=120)
        done.wrong = [w for w in done.wrong if "control character" not in w]
        why = _due(done, codes)
        return why + (
            f"; {len(done.err.splitlines())} lines of words"
            if done.code in (2, 3) and len(done.err.splitlines()) > 12
            else ""
        )

    return made


def _at_once(folder: Path) -> str:
    """B7"""
    host = folder / "host.git"
    _git(folder, "clone", "-q", "--bare", str(build("overclaiming", folder / "work")), str(host))
    env = {**os.environ, "PYTHONPATH": str(ROOT), "AUDITOR_CACHE": str(folder / "cache")}
    auditor = [sys.executable, "-m", "auditor"]
    groups = folder / "c.csv"
    groups.write_text("group,repo\n" + "".join(f"g{n},{folder / 'work'}\n" for n in range(3)))
    for command, codes in (
        ([*auditor, "audit", f"file://{host}"], {1}),
        ([*auditor, "batch", str(groups), "--out", str(folder / "o")], {1}),
    ):
        started = [
            subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            for _ in range(4)
        ]
        ended = [(p.communicate(timeout=240)[1], p.returncode) for p in started]
        if wrong := [(code, err[-200:]) for err, code in ended if code not in codes]:
            return f"{len(wrong)} of 4 failed: {wrong[0]}"
    left = [p.name for p in folder.rglob("*.part")]
    return f"left behind: {left}" if left else ""


def _interrupted(folder: Path) -> str:
    """B2, B13"""
    groups = folder / "groups"
    for n in range(8):
        build("overclaiming", groups / f"g{n}")
    env = {**os.environ, "PYTHONPATH": str(ROOT), "AUDITOR_CACHE": str(folder / "cache")}
    command = [sys.executable, "-m", "auditor", "batch", str(groups), "--out", str(folder / "o"), "--workers", "2"]
    for pause in (0.2, 0.4):
        process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        time.sleep(4)
        for _ in range(2):
            process.send_signal(signal.SIGINT)
            time.sleep(pause)
        try:
            said = process.communicate(timeout=30)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            return f"hangs after two Ctrl-C {pause} s apart"
        if process.returncode not in (1, 2, 130) or "Traceback" in said:
            return f"exit code {process.returncode}: {said[-200:]}"
    last = run(tuple(command[3:]), folder, seconds=120)
    left = [p.name for p in folder.rglob("*.part")]
    return _due(last, (1,)) or (f"left behind: {left}" if left else "")


def _left_behind(folder: Path) -> str:
    """B13"""
    host = folder / "host.git"
    _git(folder, "clone", "-q", "--bare", str(build("overclaiming", folder / "work")), str(host))
    env = {**os.environ, "PYTHONPATH": str(ROOT), "AUDITOR_CACHE": str(folder / "cache")}
    command = [sys.executable, "-m", "auditor", "audit", f"file://{host}"]
    for pause in (0.3, 0.6, 0.9, 1.2):
        process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(pause)
        process.kill()
        process.wait()
    why = _due(run(("audit", f"file://{host}"), folder), (1,))
    left = [p.name for p in (folder / "cache").rglob("*.part")]
    return why or (f"left behind: {left}" if left else "")


SCENES: tuple[Scene, ...] = (
    Scene("A4", "a folder within another's repository", _enclosed),
    Scene("A5", "a host that changes its default branch, a damaged clone", _default_branch),
    Scene("B7", "four runs at once on one URL and on one folder", _at_once),
    Scene("B2", "two Ctrl-C, and the same command again", _interrupted),
    Scene("B13", "a clone that a killed run left", _left_behind),
    *(Scene(*name.split(" ", 1), _shell(command, codes)) for name, command, codes in SHELL),
)
