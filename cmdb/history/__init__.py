"""What became of CIs from commit to commit, and of releases that were frozen."""
