"""The pictures of the documentation that are taken from pages in a browser."""
