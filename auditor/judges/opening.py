"""Which judge a word on the command line means."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from auditor.errors import UserError
from auditor.judges import Judge, NoJudge, Say


def open_judge(
    spec: str,
    *,
    model: str = "",
    base_url: str = "",
    store: Path | None = None,
    max_tokens: int = 0,
    max_cost: float = 0,
    say: Say | None = None,
    workers: int = 8,
    params: Mapping[str, Any] | None = None,
    timeout: float = 0,
) -> Judge:
    """The judge that `none`, `online:MODEL`, `recorded:DIR` or `batch:DIR` names; nothing is sent or imported before it is
    needed. `model` (and `params`) name the one that will answer a new batch folder; `store` is where `online` keeps answers,
    `timeout` how many seconds one request may take."""
    kind, _, rest = spec.partition(":")
    if spec == "none":
        return NoJudge()
    if kind == "recorded" and rest:
        from auditor.judges.recorded import Recorded

        return Recorded(Path(rest), model)
    if kind == "batch" and rest:
        from auditor.judges.batchfile import BatchFile

        return BatchFile(Path(rest), model, params, say)
    if kind == "online" and rest:
        from auditor.judges.online import Online
        from auditor.judges.prices import Gate
        from auditor.judges.service import TIMEOUT

        return Online(rest, base_url, store, params, Gate(max_tokens, max_cost, say), workers, timeout or TIMEOUT)
    raise UserError(f"no judge is called {spec!r}", "choose one of: none, online:MODEL, recorded:DIR, batch:DIR")
