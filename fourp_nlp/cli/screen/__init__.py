"""What all commands print with: console, tables, notices.

Modules
-------
`checks`: The checks of `fourp doctor`: each has a state, what was found, and the cure.
`coder_names`: Coders named by options: each must exist, in any spelling.
`console`: Printing to the terminal: tables, notes, progress and JSON Lines.
`crash_report`: Unexpected errors: one line on the screen, and a file of details for the developers.
`sheet_summary`: Printing what was imported from a coding sheet.
`stored_suggestions`: Stored suggestions for commands that can work without them.
`tables`: Result tables arranged for the screen.
`terminal_tables`: Tables that fit a terminal: no number is broken, and columns that do not fit are named
    below the table.
`unread_notice`: Warnings about unread text and codes, printed by every command that uses codings.
"""
