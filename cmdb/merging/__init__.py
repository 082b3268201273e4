"""Three-way merges: of inventories by CI and key path, and of their files, so that text says what both sides meant."""
