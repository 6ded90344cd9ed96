"""``python -m checker`` is the command ``scoregate``."""

from checker.cli.entry import main

if __name__ == "__main__":
    main()
