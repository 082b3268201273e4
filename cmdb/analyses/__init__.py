"""Leaves: one question about an inventory, one file. `cmdb.all_analyses` lists them."""
