"""The language server: owns the protocol and the open documents, and decides nothing.

Knows `archdsl.editing`, which answers for a text and an offset. Gives what an editor asks for.
"""
