"""Tests of what the Makefile runs things with."""
