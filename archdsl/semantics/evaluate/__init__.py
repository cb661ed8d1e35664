"""Expressions as values: names looked up, calls made, arguments of ops checked.

Knows environments; gives values and recipes. Nothing of bodies or steps.
"""
