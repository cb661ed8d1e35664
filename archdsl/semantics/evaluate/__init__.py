"""Expressions as values: names looked up, calls made, arguments of ops checked.

Knows environments.
Gives values and recipes.
Must not know bodies or steps.
"""
