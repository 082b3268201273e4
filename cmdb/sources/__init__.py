"""Where text comes from: the working tree, any Git revision, or memory."""
