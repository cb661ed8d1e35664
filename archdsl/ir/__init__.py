"""The checked program: shapes, steps and scopes, frozen; and the small Python that steps become.

Knows tensor types, and the protocol of an op.
Gives the values that all later rooms share.
Must not know any op by name.
"""
