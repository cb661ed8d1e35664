"""The commands above a network, by name, with what they are called; `commands` has their work.

That needs all printers and drawings, which a server loads when the first is asked for.
"""

TITLES = {
    "archdsl.server.draw": "draw",
    "archdsl.server.audit": "audit",
    "archdsl.server.compile": "compile",
    "archdsl.server.compare": "compare with HEAD",
}
