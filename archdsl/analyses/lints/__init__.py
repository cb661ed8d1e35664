"""Warnings: what a careful reviewer would ask about a network that is no mistake.

`lint.lint` goes over a program; `allowed` reads the comments that silence a warning on its line.
Codes W01… are told by default, W02… when they are asked for: published networks do such things.

Knows a program's wiring and figures.
Gives diagnostics.
Must not know any op by name: it asks their hooks.
"""
