"""Prompts: weights in brackets, windows of tokens, and what a text encoder makes of them."""
