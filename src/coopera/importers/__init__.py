"""Importers: files of other registers in; what they say of organizations, without persons, out."""
