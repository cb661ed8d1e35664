"""Recipes and lines as steps of a program, with shapes, names and what goes unused.

Knows how expressions are evaluated; gives a `Program`.
"""
