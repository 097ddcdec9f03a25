"""The reference of the schema for people, written from the SDL and from an example for each operation."""
