"""What stays on disk: data folders, models and assets by name and content, the server's database, workflows inside pictures."""
