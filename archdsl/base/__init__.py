"""Source texts, spans, diagnostics and their rendering, and files written whole.

Knows texts, places in them, terminals' colours, names that Python can have.
Gives the values that every other room reports with.
Must not know the language.
"""
