"""Mutation testing of the rules of shapes and costs: `python -m tools.mutation --help`."""
