"""The first client of Gatehouse: a browser application (`src/`) and its confidential backend (`bff/`)."""
