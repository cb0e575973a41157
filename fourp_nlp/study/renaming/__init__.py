"""The codebook edited; codes and coders renamed, merged, split, retired and removed, everywhere in a project.

Modules
-------
`code_changes`: Renaming, merging and retiring codes.
`editing_codes`: Editing the definition of a code, and adding a code, in the codebook.
`definition_fields`: The parts of a definition as people fill them in, each checked by itself.
`codebook_versions`: Dated versions of a codebook: what each code's definition was, when it changed, and by
    what.
`splitting`: Splitting a code: a person decides what each of its codings becomes.
`_code_change`: How ids of codes change in rows of gold files, in what was read, in decisions and in draws.
`coder_changes`: Renaming and removing coders.
`_gold_rows`: Changing rows of all gold files of a project.
`planned_change`: A change to a project that is planned, shown, and then made.
"""
