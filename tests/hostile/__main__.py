"""`python -m tests.hostile`: see `program`, `mutants` and `code_mutants`."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE.parent), str(HERE)]


def main() -> None:
    match sys.argv[1:]:
        case ["mutants", *rest]:
            import mutants
            from build_fixture import NAMES

            number = int(rest[rest.index("--number") + 1]) if "--number" in rest else 80
            names = (rest[rest.index("--fixture") + 1],) if "--fixture" in rest else NAMES
            sys.exit(not mutants.told(names, number))
        case ["code", *rest]:
            import code_mutants

            sys.exit(not code_mutants.told(rest))
        case rest:
            import program

            sys.exit(not program.told(rest))


if __name__ == "__main__":
    main()
