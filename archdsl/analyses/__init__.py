"""Facts about a program: costs, receptive fields, depth, and the report made of them."""
