"""The figures of one program: work, depth, fields, memory, and the audit made of them.

Knows a `Program`; gives numbers. Decides nothing.
"""
