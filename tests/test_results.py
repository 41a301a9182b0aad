"""Committed results and the values that they state."""

import pytest

from auditor.facts.results import results
from auditor.snapshot import Snapshot


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("coverage.xml", '<?xml version="1.0" ?>\n<coverage version="7" lines-valid="10" line-rate="0.815">', [("coverage", 2, "total", "81.5")]),
        ("reports/coverage.txt", "Name  Stmts\na.py  3  100%\nTOTAL   30   3   90%\n", [("coverage", 3, "total", "90")]),
        ("coverage.md", "| TOTAL | 30 | **77.5%** |", [("coverage", 1, "total", "77.5")]),
        ("coverage.json", '{"totals": {"percent_covered": 64.25}}', [("coverage", 1, "total", "64.2")]),
        ("htmlcov/index.html", '<h1>\n<span class="pc_cov">93%</span>', [("coverage", 2, "total", "93")]),
        ("load_stats.csv", "Type,Name,Request Count,Failure Count\nGET,/,5,0\n,Aggregated,9,1\n", [("load", 3, "Request Count", "9"), ("load", 3, "Failure Count", "1")]),
        ("logs/metrics.csv", "epoch,loss\n0,1.5\n1,0.25\n\n", [("metric", 3, "epoch", "1"), ("metric", 3, "loss", "0.25")]),
        ("metrics.json", '{\n "acc": 0.9,\n "name": "x", "ok": true}', [("metric", 2, "acc", "0.9")]),
        ("metrics.json", "[", []),
        ("metrics.csv", "", []),
        ("coverage.xml", '<coverage line-rate="...">', []),
    ],
)  # fmt: skip
def test_results(path: str, text: str, found: list[tuple[str, int, str, str]]) -> None:
    got = [(r.kind, r.line, r.name, r.value) for r in results(Snapshot({path: text}))]
    assert got == found
