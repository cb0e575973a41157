"""Run in an environment with Taguette: take a project in as Taguette does, and export it again.

Arguments: the project that was written here, a folder for what Taguette writes, a codebook that was
written here, and the name of a second project that is made with Taguette's own functions.
"""

import json
import logging
import random
import sys
from pathlib import Path

logging.disable(logging.CRITICAL)

import bs4
from taguette import convert, database, export, extract, import_codebook

PIECES = [
    "We dragged the hose ", "<b>up</b>hill", "caf&eacute;", "&lt;tag&gt; &amp; more ", "\U0001f44d yes ",
    "\u0645\u0631\u062d\u0628\u0627",
    "it\u2019s", "a&nbsp;b", "<em>seed <u>tins</u></em>", "line<br>break ", "\n  ",
]  # fmt: skip


def connect(path):
    """Open a database."""
    return database.connect(f"sqlite:///{path}")()


def take_in(project, folder):
    """Import a project with the checks of Taguette's page, and export it in every form."""
    source = database.connect(f"sqlite:///{project}", external=True)()
    target = connect(folder / "imported.sqlite3")
    target.add(database.User(login="admin"))
    target.commit()
    number = database.copy_project(source, target, 1, "admin")
    target.commit()
    highlights = target.query(database.Highlight).all()
    same = sum(
        convert.html_to_plaintext(
            extract.extract(each.document.contents, each.start_offset, each.end_offset)
        )
        == convert.html_to_plaintext(each.snippet)
        for each in highlights
    )
    print(
        f"Taguette took {len(highlights)} highlights; at {same} of their places it finds their words"
    )
    write_out(target, number, folder, "imported")


def write_out(session, number, folder, stem):
    """Export a project in every form."""
    with (folder / f"{stem}-highlights.csv").open("w", newline="", encoding="utf-8") as file:
        export.highlights_csv(session, number, "", file)
    export.highlights_xslx(session, number, "", str(folder / f"{stem}-highlights.xlsx"))
    tags = list(session.query(database.Project).get(number).tags)
    with (folder / f"{stem}-codebook.csv").open("w", newline="", encoding="utf-8") as file:
        export.codebook_csv(tags, file)
    export.codebook_xlsx(tags, str(folder / f"{stem}-codebook.xlsx"))
    copy = connect(folder / f"{stem}-export.sqlite3")
    copy.add(database.User(login="admin"))
    copy.commit()
    database.copy_project(session, copy, number, "admin")
    copy.commit()


def block(draw):
    """Draw a block of HTML."""
    inner = "".join(draw.choice(PIECES) for _ in range(draw.randint(1, 6)))
    forms = [
        "<h1>{}</h1>", "<ul><li>{}</li>\n<li><p>more</p></li></ul>", "<p>{}</p>", "<pre>\n{}\n</pre>",
        "<table><tr><td>{}</td><td>cell</td></tr></table>", "<blockquote>{}</blockquote>",
    ]  # fmt: skip
    return draw.choice(forms).format(inner)


def make(folder, stem, documents, each):
    """Make a project with Taguette's own functions, and say what it highlights."""
    draw = random.Random(7)
    session = connect(folder / f"{stem}.sqlite3")
    session.add_all(database.User(login=login) for login in ("admin", "rosa", "emil"))
    project = database.Project(name="Allotment", description="")
    tags = [
        database.Tag(project=project, path=path, description=text)
        for path, text in (
            ("water", "Hoses and taps."),
            ("people.neighbours", "Who\nlives there."),
            ("unused", ""),
        )
    ]
    session.add(project)
    session.add_all(tags)
    session.commit()
    said = []
    for number in range(documents):
        blocks = "\n".join(block(draw) for _ in range(draw.randint(1, 5)))
        contents = convert.get_html_body(f"<html><body>{blocks}</body></html>")
        document = database.Document(
            name=f"meeting {number}", description="", filename="meeting.html", project=project,
            contents=contents, text_direction=database.TextDirection.LEFT_TO_RIGHT,
        )  # fmt: skip
        session.add(document)
        session.commit()
        text = "".join(map(str, bs4.BeautifulSoup(contents, "html5lib").find_all(string=True)))
        for _ in range(each):
            start = draw.randrange(len(text))
            end = draw.randrange(start + 1, len(text) + 1)
            places = len(text[:start].encode()), len(text[:end].encode())
            snippet = extract.extract(contents, *places)
            if not convert.html_to_plaintext(snippet) or not convert.is_html_safe(snippet):
                continue
            highlight = database.Highlight(
                document=document, start_offset=places[0], end_offset=places[1], snippet=snippet
            )
            session.add(highlight)
            session.flush()
            highlight.tags = draw.sample(tags[:2], draw.randint(0, 2))
            who = draw.choice(["rosa", "emil"])
            numbers = [tag.id for tag in highlight.tags]
            session.add(database.Command.highlight_add(who, document, highlight, numbers))
            session.commit()
            said += [(document.name, tag.path, who, text[start:end]) for tag in highlight.tags]
    (folder / f"{stem}.json").write_text(json.dumps(said))
    write_out(session, project.id, folder, stem)


if __name__ == "__main__":
    project, folder, codebook = map(Path, sys.argv[1:4])
    take_in(project, folder)
    with codebook.open("rb") as file:
        print(f"Taguette takes {len(import_codebook.list_tags(file))} tags of the codebook")
    make(folder, "own", 30, 6)
    make(folder, "small", 3, 3)
