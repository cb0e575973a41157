"""Which segments of a project people code next: draws, sheets, and what comes back.

Modules
-------
`code_definitions`: What the codes mean, as a sheet tells the people who code.
`coded_sample`: What a coder read of segments that were drawn at random, and with which probability.
`context`: What stands before and after a segment, for people who are to judge it.
`draws`: Drawing segments for a person to code next.
`new_codes`: A sheet for codes that are new: what was drawn and coded before there were these codes.
`_sampling_frame`: The frame of a draw: which segments it could have taken, written down so that it can
    be told again.
`sampling_rounds`: Random draws that go together: which are one sample, with which probability, and what
    is known besides.
`sheet_checks`: A filled-in sheet held to its draws and added to a person's gold file, wherever its
    segments are kept.
`sheet_import`: Taking in what a person coded on a sheet of drawn segments.
`sheets`: Sheets of drawn segments as files, and what a draw is called.
"""
