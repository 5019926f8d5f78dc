"""What stays on disk: data folders, models and files by content, the server's database, workflows inside pictures."""
