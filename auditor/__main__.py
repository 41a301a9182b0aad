"""The `auditor` command, also as `python -m auditor`."""

from auditor import start


def main() -> None:
    """The command, in a process of its own."""
    start.begin()
    from auditor.cli import main as command

    try:
        command()
    except SystemExit as ended:
        start.leave(ended.code)
        raise


if __name__ == "__main__":
    main()
