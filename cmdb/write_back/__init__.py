"""What was seen or permitted, written into the files of a workspace: planned, checked and judged again before anything
is written."""
