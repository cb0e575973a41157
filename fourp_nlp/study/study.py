"""A study: a project opened once, whose methods are the steps and return their tables."""

from __future__ import annotations

import functools
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from fourp_nlp.errors import FourpWarning, ProjectError
from fourp_nlp.study.project import find_project, open_project
from fourp_nlp.study.reading.corpus import no_progress
from fourp_nlp.study.study_tables import StudyTables

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Sequence

    import pandas as pd

    from fourp_nlp.frequencies import Adjustment
    from fourp_nlp.machine.classifier import TrainedModel
    from fourp_nlp.study.reading.corpus import Watch
    from fourp_nlp.study.sampling.draws import Draw

__all__ = ["Study", "new_study", "open_study"]

_Method = TypeVar("_Method", bound="Callable[..., Any]")


def _step(method: _Method) -> _Method:
    """Have a method look at each file once at most, so that it computes over one state of them."""

    @functools.wraps(method)
    def within_a_step(self: Study, *args: Any, **kwargs: Any) -> Any:
        with self.step():
            return method(self, *args, **kwargs)

    return cast("_Method", within_a_step)


class Study(StudyTables):
    """A project, opened once: its tables, and its steps as methods.

    Tables (`documents`, `segments`, `codebook`, `gold`, `suggestions`, …) are read when they are first
    asked for, and kept while their files do not change. Methods return tables; those that write say so.
    What a reader must know beside a table is told as a `FourpWarning`.

    Examples
    --------
    >>> import fourp_nlp
    >>> study = fourp_nlp.open_study("my-study")  # doctest: +SKIP
    >>> study.train()  # doctest: +SKIP
    >>> study.suggest()  # doctest: +SKIP
    >>> study.agreement()  # doctest: +SKIP
    >>> study.frequencies(corrected=True)  # doctest: +SKIP
    >>> study.report()  # doctest: +SKIP
    """

    @_step
    def train(self, *, fine_tune: bool | None = None) -> TrainedModel:
        """Train the machine coder on the gold codings, and save it in the project.

        Parameters
        ----------
        fine_tune : bool, optional
            Fine-tune the encoder as well. Default: as the settings say.

        Returns
        -------
        TrainedModel
            The saved model; `card` holds its figures.

        Raises
        ------
        GoldError
            If there is nothing to learn from.
        """
        from fourp_nlp.study.machine.training import train_project

        self._tell_unread()
        _tell(filter(None, [self.gold.reference_note]))
        return train_project(self, fine_tune=fine_tune, watch=self.watch)

    @_step
    def suggest(
        self,
        *,
        precision: float | None = None,
        confidence: float | None = None,
        amount: Literal["balanced", "more", "fewer"] | float | None = None,
    ) -> pd.DataFrame:
        """Suggest codes for all segments, and keep the suggestions in the project.

        Parameters
        ----------
        precision, confidence : float, optional
            Accept only suggestions that keep this precision, with this confidence.
        amount : {"balanced", "more", "fewer"} or float, optional
            How many to suggest, or the share of codings to find. Default: as the settings say.

        Returns
        -------
        pandas.DataFrame
            Table of suggestions: a calibrated probability for every code of every segment, and whether
            it is suggested.

        Raises
        ------
        ModelError
            If the model does not fit the codebook, or a precision is wanted that it cannot guarantee.
        """
        from fourp_nlp.study.machine.suggestions import suggest_corpus
        from fourp_nlp.study.reading.who_speaks import unset_note

        outcome = suggest_corpus(
            self, precision=precision, confidence=confidence, amount=amount, watch=self.watch
        )
        _tell([*outcome.notes, *unset_note(self)])
        return outcome.suggestions

    @_step
    def speakers(self) -> pd.DataFrame:
        """Return who speaks in each document, and the role that is set or guessed for each speaker.

        Returns
        -------
        pandas.DataFrame
            The table SPEAKERS. A guess changes nothing that is counted.
        """
        from fourp_nlp.study.reading.who_speaks import speaker_overview

        return speaker_overview(self)

    @_step
    def reconciliation(self) -> pd.DataFrame:
        """Compare the suggestions with the gold codings, segment by segment.

        Returns
        -------
        pandas.DataFrame
            Table of reconciliation.

        Raises
        ------
        NoSuggestionsError
            If there are no suggestions that fit the documents.
        """
        from fourp_nlp.study.measuring.measures import reconcile_with_gold

        return reconcile_with_gold(self.with_machine())

    @_step
    def agreement(
        self,
        *,
        coders: Sequence[str] = (),
        by: Literal["", "document", "group"] = "",
        units: Sequence[Literal["all", "any_code", "this_code"]] = ("all", "any_code"),
        thresholds: Sequence[float] | None = None,
        resamples: int = 1000,
        seed: int = 0,
    ) -> pd.DataFrame:
        """Measure agreement between coders: every coefficient with its interval, code by code.

        Parameters
        ----------
        coders : sequence of str, optional
            Whom to compare, all at once; "machine" for the machine. By default every pair, and all
            people together where they are three or more.
        by : {"", "document", "group"}
            Whether documents or groups get rows of their own.
        units : sequence of {"all", "any_code", "this_code"}
            On which segments.
        thresholds : sequence of float, optional
            Values that intervals are compared with. Default: as the settings say.
        resamples, seed : int
            For the coefficients whose intervals are drawn.

        Returns
        -------
        pandas.DataFrame
            Table of agreement.

        Raises
        ------
        GoldError
            If there are no two coders who read the same segments.
        """
        from fourp_nlp.agreement import Drawing
        from fourp_nlp.study.measuring.agreement import agreement_in_full

        self._tell_unread()
        if thresholds is None:
            thresholds = self.project.settings.agreement.thresholds
        return agreement_in_full(
            self,
            coders=coders,
            by=by,
            units=units,
            thresholds=thresholds,
            drawing=Drawing(resamples=resamples, seed=seed),
        )

    @_step
    def frequencies(
        self,
        *,
        by: str | None = None,
        unit: Literal["occurrences", "segments", "documents"] = "occurrences",
        coders: Sequence[str] = (),
        corrected: bool = False,
        target: Literal["corpus", "documents"] = "corpus",
        confidence: float = 0.95,
    ) -> pd.DataFrame:
        """Count codes, or estimate how often they occur, corrected for the machine's errors.

        Parameters
        ----------
        by : str, optional
            What the figures are for: "case", "document", "group", "speaker", "role", or a column of
            speakers.csv. Default: cases, and groups of corrected frequencies.
        unit : {"occurrences", "segments", "documents"}
            What is counted; corrected frequencies are shares of segments.
        coders : sequence of str, optional
            Whose codes are counted. Default: the reference coder's and the machine's. Of corrected
            frequencies: the one whose random sample corrects them.
        corrected : bool, default False
            Estimate from the machine's codes of everything and a person's codes of a random sample.
        target : {"corpus", "documents"}
            What corrected frequencies are about: these segments, or documents like these.
        confidence : float, default 0.95
            Of their intervals.

        Returns
        -------
        pandas.DataFrame
            Table of frequencies (by speaker, role or attribute: of speakers' frequencies), or of estimates.

        Raises
        ------
        GoldError
            If corrected frequencies are wanted and nobody coded a random sample.
        """
        from fourp_nlp.study.measuring import estimates, measures
        from fourp_nlp.study.measuring.speaker_parts import OF_DOCUMENTS, speaker_frequencies

        self._tell_unread()
        if not corrected and by is not None and by not in OF_DOCUMENTS:
            return speaker_frequencies(self, by=by, unit=unit, coders=coders)
        if not corrected:
            of_documents = cast("Literal['case', 'document', 'group']", by or "case")
            return measures.frequencies(self, unit=unit, by=of_documents, coders=coders)
        if len(coders) > 1:
            raise ValueError("One coder's sample corrects the machine's codes: name one.")
        outcome = estimates.estimate_frequencies(
            self.with_machine(),
            coder=next(iter(coders), ""),
            by=by or "group",
            target=target,
            confidence=confidence,
        )
        _tell(outcome.notes)
        return outcome.table

    @_step
    def compare(
        self,
        first: str,
        second: str,
        *,
        corrected: bool = False,
        coder: str = "",
        target: Literal["corpus", "documents"] = "documents",
        adjust: Adjustment = "holm",
        confidence: float = 0.95,
    ) -> pd.DataFrame:
        """Compare how often each code occurs in two groups of documents.

        Parameters
        ----------
        first, second : str
            Names of the groups.
        corrected : bool, default False
            Compare shares that are corrected for the machine's errors.
        coder : str, optional
            Whose codes. Default: the reference coder's.
        target : {"documents", "corpus"}
            Whether the groups stand for documents like these, or for these segments alone.
        adjust : str, default "holm"
            How p values are adjusted for the number of codes.
        confidence : float, default 0.95
            Of the intervals.

        Returns
        -------
        pandas.DataFrame
            Table of comparisons.

        Raises
        ------
        GoldError
            If nobody coded both groups.
        """
        from fourp_nlp.study.measuring.comparison import compare_groups

        self._tell_unread()
        outcome = compare_groups(
            self.with_machine() if corrected else self.without_machine(),
            (first, second),
            corrected=corrected,
            coder=coder,
            target=target,
            adjust=adjust,
            confidence=confidence,
        )
        _tell(outcome.notes)
        return outcome.table

    @_step
    def confusions(self) -> pd.DataFrame:
        """Return which codes coders give in each other's place.

        Returns
        -------
        pandas.DataFrame
            Table of confusions.
        """
        from fourp_nlp.study.measuring.confusions import confusions

        return confusions(self)

    @_step
    def retest(self) -> pd.DataFrame:
        """Measure how each coder who coded twice agrees with themselves.

        Returns
        -------
        pandas.DataFrame
            Table of agreement.

        Raises
        ------
        GoldError
            If nobody coded anything a second time.
        """
        from fourp_nlp.study.measuring.retest import retest

        return retest(self)

    @_step
    def plan(
        self, margin: float, *, code: str = "", coder: str = "", confidence: float = 0.95
    ) -> pd.DataFrame:
        """Say how many more segments people must code at random for a wanted margin.

        Parameters
        ----------
        margin : float
            Half the width of the interval, as a share of segments.
        code : str, optional
            One code; by default all.
        coder : str, optional
            Whose sample. Default: the reference coder's.
        confidence : float, default 0.95
            Of the interval.

        Returns
        -------
        pandas.DataFrame
            Table of needs, code by code.
        """
        from fourp_nlp.study.measuring.sample_size import plan_coding

        table, notes = plan_coding(
            self.with_machine(), margin=margin, code=code, coder=coder, confidence=confidence
        )
        _tell(notes)
        return table

    @_step
    def draw(self, count: int, *, overwrite: bool = False, **options: Any) -> Draw:
        """Draw segments for a person to code next, and write the sheet to code them on.

        Parameters
        ----------
        count : int
            How many.
        overwrite : bool, default False
            Whether an earlier sheet of the same name may be replaced.
        **options
            As in `fourp_nlp.study.sampling.draw_options.DrawOptions`: `by`, `coder`, `seed`, `stratify`, …

        Returns
        -------
        Draw
            What was drawn, and the files of the sheet.
        """
        from fourp_nlp.study.sampling.draws import DrawOptions, draw_next

        chosen = DrawOptions(count=count, **options)
        draw = draw_next(self, chosen, overwrite=overwrite, watch=self.watch)
        _tell(draw.notes)
        return draw

    @_step
    def import_sheet(
        self, path: str | os.PathLike[str], *, coder: str = "", replace: bool = False
    ) -> Path:
        """Add what a person coded on a sheet to the person's gold file.

        Parameters
        ----------
        path : path
            The sheet that was filled in.
        coder : str, optional
            Whose codes. Default: the one for whom it was drawn.
        replace : bool, default False
            Let the sheet stand where the person coded a segment otherwise before.

        Returns
        -------
        pathlib.Path
            The gold file.

        Raises
        ------
        GoldError
            If the sheet is wrong, or differs from what the person coded before.
        """
        from fourp_nlp.study.sampling.sheet_import import import_sheet

        return import_sheet(self, Path(path), coder=coder, replace=replace).file

    @_step
    def report(self) -> list[Path]:
        """Write the report and its tables into the project's folder of reports.

        Returns
        -------
        list of pathlib.Path
            The files: the page first.

        Raises
        ------
        NoSuggestionsError
            If there are no suggestions that fit the documents.
        """
        from fourp_nlp.study.reading.corpus import check_before_work
        from fourp_nlp.study.reporting.results import write_report

        check_before_work(self)
        return write_report(self.with_machine())

    @_step
    def disagreements(
        self, *between: str, context: int = 2, include_settled: bool = False
    ) -> pd.DataFrame:
        """List what coders disagree about, segment by segment, with the text around it.

        Parameters
        ----------
        *between : str
            Coders; "machine" is the machine. By default all people, or the one person and the machine.
        context : int, default 2
            How many segments before and after are shown.
        include_settled : bool, default False
            Whether disagreements that were decided before are listed.

        Returns
        -------
        pandas.DataFrame
            Table of disagreements, in reading order.

        Raises
        ------
        GoldError
            If there are no two coders, one is unknown, or no two read the same segments.
        """
        from fourp_nlp.study.reconciling.disagreements import disagreements

        listed = disagreements(
            self,
            self.store.read_decisions(),
            between=between,
            context=context,
            include_settled=include_settled,
        )
        return listed.table

    @_step
    def suggestions_to_decide(
        self, coder: str, *, documents: Sequence[str] = (), codes: Sequence[str] = ()
    ) -> pd.DataFrame:
        """Return the suggestions that a person has neither coded nor decided on.

        Parameters
        ----------
        coder : str
            The person; somebody new has decided on none.
        documents, codes : sequence of str, optional
            Only these; by default all.

        Returns
        -------
        pandas.DataFrame
            Rows of the table of suggestions, in reading order.

        Raises
        ------
        NoSuggestionsError
            If there are no suggestions that fit the documents.
        ProjectError
            If there is no such document or code.
        """
        from fourp_nlp.study.reconciling.accepting import suggestions_to_decide

        return suggestions_to_decide(self, coder, documents=documents, codes=codes)

    @_step
    def accept(
        self, suggestions: pd.DataFrame, coder: str, *, accepted: bool = True, replace: bool = False
    ) -> pd.DataFrame:
        """Accept or reject suggestions: each becomes a coding of the person who decided.

        Parameters
        ----------
        suggestions : pandas.DataFrame
            Some rows of the table of suggestions, such as `suggestions_to_decide` returns.
        coder : str
            Who decided.
        accepted : bool, default True
            Whether the codes apply. If not, the segments were read and the codes do not apply.
        replace : bool, default False
            Whether other decisions of this person may be replaced.

        Returns
        -------
        pandas.DataFrame
            The decisions that are codings now; those about text that people had coded without seeing
            suggestions are not among them.

        Raises
        ------
        GoldError
            If the person decided otherwise before.
        """
        from fourp_nlp.study.reconciling.accepting import assisted_codings, keep_assisted

        place = suggestions[["document", "start", "end", "code"]]
        codings = assisted_codings(
            self, place.assign(settled=accepted, decided_by=coder), replace=replace
        )
        if codings.contents:
            keep_assisted(self, codings, "suggestions decided on")
        return codings.decided

    @_step
    def export(
        self,
        path: str | os.PathLike[str],
        *,
        coders: Sequence[str] = (),
        documents: Sequence[str] = (),
        suggestions: bool | Literal["accepted"] = True,
        overwrite: bool = False,
        **options: object,
    ) -> pd.DataFrame:
        """Write documents, codebook and codings as a file of another program.

        Parameters
        ----------
        path : path
            The file; its ending says the format, such as ``.qdpx``.
        coders, documents : sequence of str, optional
            Only these people, only these documents; by default all.
        suggestions : bool or "accepted", default True
            Whether the machine's codings are exported, or only those that are accepted.
        overwrite : bool, default False
            Whether an earlier file may be replaced.
        **options
            Options of the format, such as ``dialect="maxqda"``.

        Returns
        -------
        pandas.DataFrame
            Table of losses: what the format cannot hold. It is empty if nothing was lost.

        Raises
        ------
        ExchangeError
            If no such format is written, it has no such option, or the file is there already.
        GoldError, ProjectError
            If there is no such coder or document.
        """
        from fourp_nlp.study.exporting.exported_file import check_export, export_file

        file = Path(path)
        form = check_export(file, options=options, overwrite=overwrite)
        self._tell_unread()
        exported = export_file(
            self,
            file,
            form,
            options=options,
            suggestions=suggestions,
            coders=coders,
            documents=documents,
        )
        _tell(exported.remarks)
        return exported.outcome.losses

    @_step
    def methods(self, *, overwrite: bool = False) -> list[Path]:
        """Write the methods section of an article as Word, Markdown and LaTeX, with its references.

        Parameters
        ----------
        overwrite : bool, default False
            Whether files may be replaced that somebody has changed since they were written.

        Returns
        -------
        list of pathlib.Path
            The files. Blanks in brackets are to be filled in by hand.

        Raises
        ------
        ProjectError
            If a file is there that is not as it was written; nothing is changed then.
        """
        from fourp_nlp.study.reporting.methods import methods_facts, write_methods

        # Suggestions that are out of date are an error: passed over, the machine would be missing.
        suggested = bool(self.store.read_documents())
        facts = methods_facts(self.with_machine() if suggested else self.without_machine())
        return write_methods(self.project, facts, overwrite=overwrite).files

    def _tell_unread(self) -> None:
        from fourp_nlp.study.reading.unread_notes import unread_notes

        _tell([*self.gold.spellings, *unread_notes(self)], stacklevel=5)


def _tell(notes: Iterable[str], *, stacklevel: int = 4) -> None:
    """Warn at the line that called the step: beyond this function, the step and what wraps it."""
    for text in notes:
        warnings.warn(text, FourpWarning, stacklevel=stacklevel)


def open_study(
    folder: str | os.PathLike[str] | None = None, *, watch: Watch = no_progress
) -> Study:
    """Open a project as a study.

    Parameters
    ----------
    folder : path, optional
        The folder that holds `fourp.toml`. By default the one that the working directory lies in.
    watch : callable, optional
        Is told of the progress of long work.

    Returns
    -------
    Study
        The study; nothing is read yet but its settings.

    Raises
    ------
    ProjectError
        If there is no project, or its settings are wrong.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "fourp.toml").write_text('title = "Allotments"')
    ...     open_study(folder).project.settings.title
    'Allotments'
    """
    project = find_project() if folder is None else open_project(Path(folder))
    if project is None:
        raise ProjectError(
            "You are not in a project: there is no fourp.toml here or in a folder above.",
            cure="Make one with `fourp init DIR`, or name its folder: open_study(FOLDER).",
        )
    return Study(project, watch=watch)


def new_study(
    folder: str | os.PathLike[str],
    codebook: str | os.PathLike[str] | None = None,
    *,
    watch: Watch = no_progress,
) -> Study:
    """Make a project in a new or empty folder, and open it as a study.

    Parameters
    ----------
    folder : path
        The folder.
    codebook : path, optional
        The codebook: YAML, which is copied, or Excel, CSV, Word or QDC, which is converted. Default: the one
        that comes with the package.
    watch : callable, optional
        Is told of the progress of long work.

    Returns
    -------
    Study
        The study; put documents into `study.project.corpus`.

    Raises
    ------
    ProjectError
        If there is a project in the folder already.
    CodebookError
        If the codebook is wrong.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study = new_study(f"{folder}/my-study")
    ...     [theme.name for theme in study.codebook.themes]
    ['Prevention', 'Protection', 'Prosecution', 'Partnerships']
    """
    from fourp_nlp.machine.shipped_model import shipped_codebook
    from fourp_nlp.study.new_project import create_project

    create_project(Path(folder), Path(codebook) if codebook is not None else shipped_codebook())
    return open_study(folder, watch=watch)
