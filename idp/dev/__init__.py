"""What the Makefile and the tests run things with; no part of the product."""
