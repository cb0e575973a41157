"""Commands of human coding: sheets, decisions, gold codings, and changes of codes and coders.

Modules
-------
`accept`: `fourp accept`: accept or reject suggestions; each decision becomes a coding.
`codebook_changes`: `fourp codebook rename`, `merge`, `split` and `retire`: change codes and everything
    coded with them.
`codebook_editing`: `fourp codebook edit` and `add`: change the definition of a code, or add a code, in the
    codebook.
`codebook_history`: `fourp codebook changes` and `second-look`: versions of a codebook, and codings by earlier
    definitions.
`coder`: `fourp coder rename` and `remove`: change a coder's name, or take a coder out.
`gold`: `fourp gold`: who coded what, and how spans are aligned with segments.
`next_segments`: `fourp next`: draw segments to code next, and import coded sheets.
`reconcile`: `fourp reconcile`: adjudicate differences between people, and between people and the
    machine.
`review`: `fourp review`: read, code and settle in the browser; and `fourp log`: what was decided there.
`undo`: `fourp undo`: take back the last change to people's codings.
"""
