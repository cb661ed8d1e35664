"""From text to a tree of frozen nodes. Knows no op and no meaning."""
