"""The catalogue beside what is published: figures, keys, outputs, and counts by hand."""
