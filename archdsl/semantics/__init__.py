"""From tree to program: names, compile-time evaluation, arguments, elaboration with shapes."""
