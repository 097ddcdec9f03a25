"""How much each client uses: refreshes and checks by the day, counted in memory and written once a minute."""
