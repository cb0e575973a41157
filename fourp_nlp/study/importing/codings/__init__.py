"""Codings of another program's project: human and machine coders, compared with what is here."""
