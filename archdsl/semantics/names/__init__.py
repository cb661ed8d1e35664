"""The files of a spec, and what names mean in them.

Knows the tree and values; gives environments. Nothing of expressions or steps.
"""
