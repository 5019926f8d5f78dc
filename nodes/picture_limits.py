"""How large pictures may be: known to the check, which reads none, and to what reads them."""

MAX_PIXELS = 64_000_000
"""A picture of that many pixels takes 768 MB as float32 RGB."""
