"""Aboard the unit: bytes to measures, journal and MQTT."""
