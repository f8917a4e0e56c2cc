"""Open311 GeoReport v2: the city's reports for programs, as the published standard has it."""
