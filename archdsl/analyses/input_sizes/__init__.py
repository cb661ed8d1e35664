"""The input sizes that a network takes, and what of it is made for one size.

Knows a way to elaborate for a size, which it is handed.
Gives a report.
Must not know how a spec is read.
"""
