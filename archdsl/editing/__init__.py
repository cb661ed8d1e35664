"""What an editor asks: functions from a text and a place in it to values.

Knows the language through the rooms below it, and offsets in texts. Gives hints, hovers,
completions, symbols, edits. Knows no protocol and no editor; `archdsl.server` speaks for it.
"""
