"""The changes between two programs, and the keys of a checkpoint that still fit.

Knows two programs and their figures.
Gives a report.
Must not know checkpoint files, or the other analyses.
"""
