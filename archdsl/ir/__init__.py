"""The checked program: shapes, steps and scopes, frozen; and the small Python that steps become.

Values are `msgspec` structs, which Python defines, makes, hashes and compares several times as
fast as dataclasses. Those that hold only text, numbers and each other have `gc=False`: the garbage
collector does not visit them.

Knows tensor types, and the protocol of an op.
Gives the values that all later rooms share.
Must not know any op by name.
"""
