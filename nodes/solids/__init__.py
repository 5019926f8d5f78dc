"""A small rendered world of coloured solids: scenes, pictures, captions, and a scorer that reads
pictures back."""
