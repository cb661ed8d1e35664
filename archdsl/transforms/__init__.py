"""From a program to a plan of something else, or to another program.

Knows programs and figures.
Gives class plans, pictures, deploy forms: decisions, as values.
Must not know how a plan is printed.
"""
