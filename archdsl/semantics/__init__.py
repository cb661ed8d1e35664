"""From tree to program: names, compile-time evaluation, arguments, elaboration with shapes.

Knows the tree and the ops.
Gives a `Program` and diagnostics; a mistake becomes a value that fits everything.
Must not know costs, pictures or Python source; it reads no file, but calls the reader that it is
given.
"""
