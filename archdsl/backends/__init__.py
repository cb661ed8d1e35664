"""A plan, a report or a program as text: Python, SVG, DOT, Mermaid, HTML, tables.

Knows the formats.
Gives text and bytes.
Must not decide anything: what is printed was decided before.
"""
