"""The language server: the protocol and the open documents, which it owns; it decides nothing.

Knows `archdsl.editing`, which answers for a text and an offset.
Gives what an editor asks for.
Must not know how an answer is found.
"""
