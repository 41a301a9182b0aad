"""Holds a student group's report against the group's own git repository."""

__version__ = "0.1.0"
