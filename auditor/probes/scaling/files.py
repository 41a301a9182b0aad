"""The files that the probes of speed look in."""

CODE = (
    "**/*.py",
    "**/*.ipynb",
    "!tests/**",
    "!**/tests/**",
    "!test/**",
    "!**/test_*.py",
    "!**/*_test.py",
    "!**/conftest.py",
)
CONFIGS = (
    "**/*.yaml",
    "**/*.yml",
    "**/*.json",
    "!.github/**",
    "!.devcontainer/**",
    "!.vscode/**",
    "!outputs/**",
    "!**/outputs/**",
    "!artifacts/**",
    "!reports/**",
    "!**/*compose*.y*ml",
    "!**/package*.json",
    "!.pre-commit-config.yaml",
    "!mkdocs.y*ml",
    "!**/mkdocs.y*ml",
)

WRITTEN = 50_000  # bytes; a larger YAML or JSON file was written by a program
