"""The playground: a page on which a spec is written and seen at once, in a browser alone or served.

Knows the answers for editors, the printers, and the catalogue.
Gives answers to messages, and the page that asks.
Must not know where it runs: the same messages go to a worker of the browser and to a local server.
"""
