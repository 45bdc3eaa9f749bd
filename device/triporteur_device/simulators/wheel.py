"""The wheel whose turns the simulated motors count."""

#: One turn of a 20 inch wheel, m.
WHEEL_M = 1.6
