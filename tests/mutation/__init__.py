"""Mutation testing of the rules of shapes and costs: `python -m tests.mutation --help`."""
