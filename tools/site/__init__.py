"""The documentation as a site: `mkdocs build --strict -f tools/site/mkdocs.yml`."""
