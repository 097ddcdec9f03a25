"""What a request costs: CPU of the server processes, beside a bare Django view and beside plain django-oauth-toolkit.

`make bench` runs it. It is no test: it prints a table and judges nothing but that the answers are right.
"""
