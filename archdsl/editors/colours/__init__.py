"""Colours for editors that take lists of words and patterns of one line: Vim, Emacs, nano, Kate.

Knows the words of `archdsl.editors.rules`, and how each of these editors writes a pattern.
Gives the text of a file for each.
Must not know where an editor reads it.
"""
