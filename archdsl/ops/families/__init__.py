"""The ops, a family a file: each op whole, in one class.

Knows what the modules beside this folder share.
Gives the classes, which `registry` finds by their words.
Must not know places in a text, other steps, or torch itself.
"""
