"""What can be done and by which keys and words; the line that is written in. What is then done: `tui.doing`."""
