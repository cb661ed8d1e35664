"""The files of a spec, and what names mean in them.

Knows the tree and values.
Gives environments.
Must not know expressions or steps.
"""
