"""What `cmdb change` does with records on file: one word, one module."""
