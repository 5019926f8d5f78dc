"""Format, node types, check, keys and plan: pure functions over plain data, no input or output."""
