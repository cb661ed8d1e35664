"""The language server: the protocol and the open documents, which it owns; it decides nothing.

`pygls` speaks the protocol. Its import takes half a second for each start of an editor: a protocol
that others maintain well is worth that.

Knows `archdsl.editing`, which answers for a text and an offset.
Gives what an editor asks for.
Must not know how an answer is found.
"""
