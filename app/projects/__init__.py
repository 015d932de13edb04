"""The year's projects: chosen from the candidates, announced by two persons, told to all who proposed."""
