"""The checked program: shapes, steps and scopes, frozen; and the small Python that steps become."""
