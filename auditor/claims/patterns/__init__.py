"""Typed claims from rigid forms, without a model: links, images, commands, paths in code, counts with a scope, boxes against plain
denials. A form is rigid where a grammar fixes it, not where a sentence happens to be worded so."""

from auditor.claims.patterns import ci, commands, counts, docker, files, practice, quality, settings, versions  # noqa: F401
