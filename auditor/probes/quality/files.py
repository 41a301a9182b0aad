"""The files that the probes of quality look in."""

NO_TESTS = ("!tests/**", "!test/**", "!**/tests/**", "!**/test_*.py", "!**/*_test.py", "!**/conftest.py")
OWN_CODE = ("**/*.py", "!reports/**", "!report/**", "!docs/**", *NO_TESTS)
