"""The kiosk of a unit: the public portal and the team's console."""
