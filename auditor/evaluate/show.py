"""Figures as a person reads them: tables as text or as Markdown, from the same rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from auditor.escape import log, one_line, plain
from auditor.evaluate.compare import Comparison, Pairs
from auditor.evaluate.planted import Outcome
from auditor.evaluate.score import Evaluation, Rate, Rates, Read, Scored
from auditor.models import Record


class Output(Record):
    """Everything that `eval --format json` writes."""

    evaluation: Evaluation | None = None
    comparison: Comparison | None = None
    planted: tuple[Outcome, ...] = ()
    claimed: tuple[Outcome, ...] = ()


@dataclass(frozen=True)
class Table:
    """A title, the names of columns, and rows. The first column is text, the others are figures."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(output: Output, verbose: bool = False) -> Iterator[Table]:
    """What is shown, in order. `verbose` adds every contradiction that was missed and every box that differs."""
    evaluation = output.evaluation
    if evaluation is not None:
        yield _submissions(evaluation.submissions)
        yield Table("In all", ("", "n", "of", "%", "95 %"), tuple(_overall(evaluation)))
        yield from _divided("Contradictions found", evaluation.recall)
        yield from _divided("Findings that hold", evaluation.precision)
        yield Table(
            "What the keys say of the findings",
            ("", "findings"),
            tuple((_STATUS[s], str(n)) for s, n in evaluation.statuses.items() if n),
        )
        if evaluation.usage.requests:
            yield _usage(evaluation.submissions)
    if output.comparison is not None:
        yield from _comparison(output.comparison)
    if evaluation is not None:
        unjudged = [(s, f) for s in evaluation.submissions for f in s.findings if f.status == "unjudged"]
        yield _listed("Not judged by anybody (--judge-findings)", unjudged)
        false = [(s, f) for s in evaluation.submissions for f in s.findings if f.status in ("false", "wrong")]
        yield _listed("Wrong", false)
        if verbose:
            yield Table(
                "Missed",
                ("key", "id", "where", "grave", "quote"),
                tuple(
                    (s.key, w.id, w.where, f"{w.severity}, {w.certainty}", w.quote)
                    for s in evaluation.submissions
                    for w in s.wanted
                    if not w.found_by
                ),
            )
            yield Table(
                "Boxes that differ",
                ("key", "n", "key says", "record says", "item"),
                tuple(
                    (s.key, str(b.n), b.want, b.got or "missing", b.text)
                    for s in evaluation.submissions
                    for b in s.boxes
                    if b.want != b.got
                ),
            )
    if output.planted:
        yield from _planted(output.planted, output.claimed)


_STATUS = {
    "match": "are in the keys",
    "holds": "judged: hold",
    "level": "judged: hold, at another level",
    "accepted": "accepted: off, and too small",
    "petty": "judged: petty",
    "twice": "judged: said twice",
    "wrong": "judged: wrong",
    "false": "wrong: the key confirms the statement",
    "unjudged": "not judged",
}


def _share(rate: Rate) -> str:
    return f"{100 * rate.n / rate.of:.0f}" if rate.of else "-"


def _figures(rate: Rate) -> tuple[str, ...]:
    between = f"{100 * rate.low:.0f} to {100 * rate.high:.0f}" if rate.of else "-"
    return str(rate.n), str(rate.of), _share(rate), between


def _overall(evaluation: Evaluation) -> Iterator[tuple[str, ...]]:
    yield "contradictions found (recall)", *_figures(evaluation.recall[""]["all"])
    grave = evaluation.recall["severity and certainty"].get("major and certain")
    if grave is not None:
        yield "major and certain ones found", *_figures(grave)
    yield "findings that hold (precision)", *_figures(evaluation.precision[""]["all"])
    for name, rate in evaluation.boxes.items():
        yield f"boxes {name}", *_figures(rate)
    lost, others = evaluation.disputed_matches, evaluation.disputed_others
    if lost + others:
        yield "disputed: in the keys all the same", str(lost), str(lost + others), "", ""


def _divided(title: str, rates: Rates) -> Iterator[Table]:
    for by, groups in rates.items():
        if by and groups:
            rows = tuple((name, *_figures(rate)) for name, rate in groups.items())
            yield Table(f"{title}, by {by}", ("", "n", "of", "%", "95 %"), rows)


def _submissions(scored: Sequence[Scored]) -> Table:
    rows = []
    for s in scored:
        found, right = sum(bool(w.found_by) for w in s.wanted), sum(b.want == b.got for b in s.boxes)
        statuses = [f.status for f in s.findings]
        rows.append(
            (
                s.key,
                f"{found}/{len(s.wanted)}",
                str(len(statuses)),
                str(statuses.count("match")),
                str(sum(x in ("holds", "level", "accepted") for x in statuses)),
                str(sum(x in ("petty", "twice") for x in statuses)),
                str(sum(x in ("wrong", "false") for x in statuses)),
                str(statuses.count("unjudged")),
                f"{right}/{len(s.boxes)}",
            )
        )
    columns = ("", "found", "findings", "match", "hold", "petty, twice", "wrong", "unjudged", "boxes")
    return Table("Submissions", columns, tuple(rows))


def _usage(scored: Sequence[Scored]) -> Table:
    rows: list[tuple[str, ...]] = [
        (
            s.key,
            f"{s.usage.requests}",
            f"{s.usage.input_tokens:,}",
            f"{s.usage.cached_tokens:,}",
            f"{s.usage.output_tokens:,}",
            f"{s.usage.cost:.4f}",
            str(s.unjudged),
        )
        for s in scored
    ]
    n = max(sum(s.usage.requests > 0 for s in scored), 1)
    mean = [
        sum(getattr(s.usage, name) for s in scored) / n for name in ("input_tokens", "cached_tokens", "output_tokens")
    ]
    requests, cost = sum(s.usage.requests for s in scored) / n, sum(s.usage.cost for s in scored) / n
    owed = str(sum(s.unjudged for s in scored))
    rows.append(("a submission", f"{requests:.1f}", *(f"{m:,.0f}" for m in mean), f"{cost:.4f}", owed))
    judges = ", ".join(dict.fromkeys(s.judge for s in scored))
    return Table(f"Tokens and price: {judges}", ("", "requests", "in", "cached", "out", "price", "owed"), tuple(rows))


def _comparison(compared: Comparison) -> Iterator[Table]:
    def row(name: str, pairs: Pairs) -> tuple[str, ...]:
        return name, str(pairs.this), str(pairs.other), str(pairs.both), str(pairs.neither), f"{pairs.p:.3g}"

    yield Table(
        "Against the other records (McNemar, exact)",
        ("", "only here", "only there", "both", "neither", "p"),
        (
            row("contradictions found", compared.contradictions),
            row("major and certain ones found", compared.major_and_certain),
            row("boxes as in the key", compared.boxes),
        ),
    )
    yield Table(
        "What changed",
        ("key", "what", "where", "who", "status", "text"),
        tuple((c.key, c.what, c.where, c.by, c.status, c.text) for c in compared.changes),
    )


def _listed(title: str, reads: Iterable[tuple[Scored, Read]]) -> Table:
    return Table(
        title,
        ("key", "where", "level", "who", "quote", "difference"),
        tuple((s.key, f.where, f.level, ", ".join(f.speakers), f.quote, f.difference) for s, f in reads),
    )


def _planted(outcomes: Sequence[Outcome], claims: Sequence[Outcome]) -> Iterator[Table]:
    wanted = sum(o.found + len(o.missed) for o in outcomes)
    found = [True] * sum(o.found for o in outcomes) + [False] * sum(len(o.missed) for o in outcomes)
    exact = [not o.missed and not o.strange for o in outcomes]
    changes = [not o.missed for o in outcomes if o.found or o.missed or o.strange]
    settled = [bool(o.found) for o in claims]
    strange = sum(len(o.strange) for o in outcomes)
    rows = [("findings made", found), ("changes with just their findings", exact)]
    if claims:
        rows += [
            ("typed claims contradicted", settled),
            ("their true twins left alone", [not o.strange for o in claims]),
        ]
        rows += [("changes and claims found, of both", changes + settled)]
    title = f"{len(outcomes)} changes, {wanted} findings wanted, {strange} others made"
    yield Table(
        f"Planted contradictions: {title}" + (f"; {len(claims)} typed claims" if claims else ""),
        ("", "n", "of", "%", "95 %"),
        tuple((name, *_figures(Rate.counted(held))) for name, held in rows),
    )
    differing = [(o.name, "missed", m) for o in (*outcomes, *claims) for m in o.missed]
    differing += [(o.name, "not wanted", s) for o in (*outcomes, *claims) for s in o.strange]
    yield Table("Planted: what differs", ("change", "", "finding"), tuple(differing))


def text(output: Output, verbose: bool = False, width: int = 120) -> str:
    """The tables for a terminal."""
    parts = ["\n".join(_text(table, width)) for table in tables(output, verbose) if table.rows]
    return log("\n\n".join(parts) + "\n")


def _text(table: Table, width: int) -> Iterator[str]:
    yield table.title
    rows = [tuple(one_line(cell) for cell in row) for row in table.rows]
    columns = list(zip(table.columns, *rows, strict=True))
    figures = _figures_in(table)
    widths = [min(max(len(cell) for cell in column), 48) for column in columns]
    for row in (table.columns, *rows) if any(table.columns) else rows:
        cells = []
        for k, cell in enumerate(row):
            last = k == len(row) - 1
            room = max(width - sum(widths[:k]) - 2 * k - 2, 24) if last else widths[k]
            cut = cell if len(cell) <= room else cell[: room - 1] + "…"
            cells.append(cut.rjust(widths[k]) if figures[k] else cut if last else cut.ljust(widths[k]))
        yield ("  " + "  ".join(cells)).rstrip()


def _figures_in(table: Table) -> list[bool]:
    """Which columns hold figures alone: these end at their right."""

    def figure(cell: str) -> bool:
        return not cell or cell[0].isdigit() or cell == "-"

    return [k > 0 and all(figure(row[k]) for row in table.rows) for k in range(len(table.columns))]


def markdown(output: Output, verbose: bool = False) -> str:
    """The tables as Markdown."""
    lines: list[str] = []
    for table in tables(output, verbose):
        if not table.rows:
            continue
        lines += [f"### {plain(table.title)}", "", "| " + " | ".join(c or " " for c in table.columns) + " |"]
        lines.append("|" + "|".join(" ---: " if figures else " --- " for figures in _figures_in(table)) + "|")
        lines += ["| " + " | ".join(plain(cell, 200) for cell in row) + " |" for row in table.rows] + [""]
    return log("\n".join(lines))
