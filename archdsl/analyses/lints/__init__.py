"""Warnings: questions that a careful reviewer would ask about a network without mistakes.

`lint.lint` goes over a program; `allowed` reads the comments that silence a warning on its line.
Codes W01… are told by default, W02… if asked for: published networks often give cause for them.

Knows a program's wiring and figures.
Gives diagnostics.
Must not know any op by name: it asks their hooks.
"""
