"""What stays on disk: data folders, models and assets by name and content, workflows inside pictures."""
