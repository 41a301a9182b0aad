"""The `auditor` command, also as `python -m auditor`."""

from auditor import start


def main() -> None:
    """The command, in a process of its own."""
    start.begin()
    from auditor.cli import main as command

    command()


if __name__ == "__main__":
    main()
