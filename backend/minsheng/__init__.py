"""minsheng: one record of a livelihood programme for city, county and township."""

__version__ = "0.1.0"
