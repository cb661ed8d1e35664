"""The elements of an input that an element of a result depends on, axis by axis.

Knows the looks of each step.
Gives fields, followed back through the steps.
Must not know costs or memory.
"""
