"""Facts about a program: figures, differences, input sizes, warnings, pipeline stages.

Knows the program and its ops' hooks.
Gives reports, as values.
Must not know Python source, pictures or files; and it changes no program.
"""
