"""One class per primitive, whole; one file per family; `base` is the contract."""
