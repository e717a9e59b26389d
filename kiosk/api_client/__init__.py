"""The terminal's side of the central API: FHIR JSON in, models out."""
