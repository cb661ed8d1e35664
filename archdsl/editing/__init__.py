"""An editor's questions: functions from a text and a place in it to values.

Knows the language through the rooms below it, and offsets in texts.
Gives hints, hovers, completions, symbols, edits.
Must not know protocols and editors; `archdsl.server` speaks for it.
"""
