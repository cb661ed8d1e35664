"""What the playground needs of others: collected for the site, or bundled for the page."""
