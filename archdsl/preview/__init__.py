"""The live preview: a local page that shows a file as it was saved last.

Knows files, the pipeline and its printers.
Gives a page and its news over HTTP, to this machine alone.
Must not run anything that a file says.
"""
