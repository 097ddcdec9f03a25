"""Tests of graph/reference."""
