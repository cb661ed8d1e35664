"""The figures of one program: work, depth, fields, memory, and the audit made of them.

Knows a `Program`.
Gives numbers.
Must not know the other analyses; and it decides nothing.
"""
