"""What the elements of a tensor see of an input: looks of steps followed back, axis by axis."""
