"""The words of configuration management as plain values: frozen, without I/O, clock or logging."""
