"""Which input sizes a network takes, and what of it is made for one size.

Is handed how to elaborate for a size; gives a report.
"""
