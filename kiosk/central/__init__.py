"""The central registry: a FHIR R4 server after the IHE Scheduling profile (the contract is docs/api.md)."""
