"""Measuring: answer keys and records in, figures out. Nothing here is imported by an audit."""
