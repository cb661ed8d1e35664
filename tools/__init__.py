"""What measures the tests and is no test: `python -m tools.mutation`, `python -m tools.covered`."""
