"""What was read before, by the digest of what it was read from. It only saves time: without it, or with a damaged one,
every answer is the same."""
