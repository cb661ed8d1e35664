"""The places to cut a network into stages of equal work.

Knows a `Program` and its figures.
Gives a plan of stages.
Must not know devices, or how stages are run.
"""
