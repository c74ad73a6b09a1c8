"""What MkDocs calls while it builds. Everything that matters is made before, as files."""
