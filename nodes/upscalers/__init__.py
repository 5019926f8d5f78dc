"""Networks that enlarge pictures: what they are on disk, and how they are loaded."""
