"""Where to cut a network into stages of equal work.

Knows a `Program`; gives a plan.
"""
