"""Source text, spans, diagnostics and their rendering. Knows nothing of the language."""
