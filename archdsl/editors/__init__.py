"""The colours of `.arch` in editors and web pages: one set of rules, written for each of them.

Knows the language's words and what stands where in a line.
Gives a Pygments lexer and grammars as text.
Must not know networks; and it reads no spec.
"""
