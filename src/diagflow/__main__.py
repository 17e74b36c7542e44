"""`python -m diagflow`."""

from diagflow.cli import main

main()
