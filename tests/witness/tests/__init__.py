"""Each witness must find what is planted: its own tests."""
