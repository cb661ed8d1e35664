"""Recipes and lines as steps of a program, with shapes, names and what goes unused.

Knows how expressions are evaluated.
Gives a `Program`, and the siblings of it for other arguments.
Must not know who asks, or what is done with the program.
"""
