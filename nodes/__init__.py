"""The node library, the first pack."""
