"""Which segments of a project people code next: draws, sheets, and what comes back.

Modules
-------
`code_definitions`: Definitions of the codes, as people see them on sheets.
`coded_sample`: A coder's codes of a random sample of segments, with their inclusion probabilities.
`context`: The text before and after a segment, shown to people who code it.
`_draw_coder`: Who codes a draw, and which segments this person has read.
`draw_options`: What to draw: the options of a draw, and which of them go together.
`drawn_sheets`: Draws of a coder, by the sheets that they were written on: which rows each has, in which
    order.
`draws`: Drawing segments for a person to code next.
`_machine_scores`: Scores for active learning: how uncertain the machine is about each segment, code by
    code.
`new_codes`: Sheets for new codes: segments that were drawn and coded before the codes were added.
`renamed_draws`: Draws of segments after documents were renamed.
`_sampling_frame`: Sampling frames: which segments a draw could take, recorded so that it can be
    reconstructed later.
`sampling_rounds`: Combining random draws into one sample with known inclusion probabilities.
`shared_draws`: Draws for several coders: a part that all of them code, and a part of each one's own.
`sheet_checks`: Checking a filled-in sheet against its draws, and merging it into a person's gold file.
`sheet_import`: Importing a coding sheet that a person filled in.
`sheets`: Writing coding sheets of draws.
`waiting_segments`: Segments that were drawn for a person, and that this person has not coded yet.
"""
