"""Renderers: one record in, one text out. Everything that comes from a repository or a report is hostile text here, and
passes `auditor/escape.py`."""

from auditor.escape import one_line, safe

__all__ = ["one_line", "safe"]
