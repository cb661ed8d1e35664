"""What changed between two programs, and which keys of a checkpoint still fit.

Knows two programs; gives a report.
"""
