"""From text to a tree of frozen nodes, by Lark's tables and a reader that goes line by line.

Knows the grammar, the layout of lines, and the likely mistakes in writing.
Gives a `tree.Parsed`, by `parse.parse`: a line that cannot be read costs one diagnostic and itself.
Must not know ops, blocks, or what a name means.
"""
