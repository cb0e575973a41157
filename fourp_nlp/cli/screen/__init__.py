"""What all commands print with: console, tables, notices.

Modules
-------
`coder_names`: Coders that an option names: each must be there, and may be spelt in another way.
`console`: What the commands print: tables, notes, progress and JSON Lines.
`crash_report`: The last net: what nobody foresaw ends in one line and a file for the developers, not in
    a traceback.
`sheet_summary`: What was taken in from a sheet, on the screen.
`stored_suggestions`: The machine's suggestions for a command that can do without them, and says so.
`tables`: Result tables laid out for the screen.
`unread_notice`: What is new since people read, told by every command that counts what they read.
"""
