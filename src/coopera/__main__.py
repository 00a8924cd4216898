"""`python -m coopera` is the command `coopera`."""

from coopera.cli import main

main()
