"""Parsed views of files, with line numbers: one module for each format.

A reader never raises for what a file contains. What it cannot parse it notes in `file.problems` and answers with nothing;
a probe that finds nothing is then `unknown` with that reason instead of `absent`. Each file is parsed once.
"""
