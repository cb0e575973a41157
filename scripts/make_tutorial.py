"""Write the three interviews and the codebook of the tutorial into docs/tutorial.

    python scripts/make_tutorial.py            # writes the files
    python scripts/make_tutorial.py --check    # says whether they hold what this script would write

The interviews are fiction: nobody said this, and there is no such town.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import docx
import openpyxl

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FOLDER = ROOT / "docs" / "tutorial"

CODEBOOK = [
    ("Theme", "Code", "Definition", "When to use", "Example"),
    ("Obstacles", "Cost", "What a ride costs, and what somebody does without because of it.",
     "Fares, taxis, passes, money that is short.", "A taxi home is two hours of my pay."),
    ("Obstacles", "Waiting", "Time spent at stops, missed connections, buses that are late or do not come.",
     "Gaps in the timetable, delays.", "I stood there for fifty minutes in the rain."),
    ("Obstacles", "Safety", "Fear, threats and what makes somebody feel safe or unsafe on the way.",
     "Dark stops, drunk passengers, walking alone.", "I hold my keys in my hand until the door is shut."),
    ("Help", "Drivers", "What drivers do for or against passengers.",
     "Kindness, rudeness, a driver who waits or passes by.", "He waited because he saw me running."),
    ("Help", "Sharing rides", "Lifts and arrangements among colleagues, friends and neighbours.",
     "Somebody drives somebody else home.", "Four of us share one car on Fridays."),
]  # fmt: skip

NORA = [
    ("Interviewer", "Thank you for coming, Nora. What work do you do at night?"),
    ("Nora", "I clean offices in the harbour towers. We begin at ten and finish at half past two. There are six of us on a floor."),
    ("Interviewer", "How do you get home at half past two?"),
    ("Nora", "The last bus leaves the harbour at ten past two. So it is gone before I have hung up my coat. I wait until the first one at five. That is two and a half hours on a bench by the ticket machine."),
    ("Interviewer", "Is there no other way?"),
    ("Nora", "There is a taxi, of course. It costs eighteen euros to my street. I earn thirteen an hour, so you can do the sum. I took it twice last winter when I had a fever. That month I did not pay the phone bill."),
    ("Interviewer", "What is it like on the bench?"),
    ("Nora", "Cold, mostly. The lamp above it has been broken since August. I sit with my back to the wall so that nobody can come from behind. Once two men stood in front of me and would not go away. I pretended to talk to my husband on the phone."),
    ("Interviewer", "Did you tell anybody?"),
    ("Nora", "I told the shift leader. She said she would write to the bus company. I have not heard anything since. My daughter wants me to carry a whistle."),
    ("Interviewer", "And the buses themselves?"),
    ("Nora", "The first bus is always full of people like us. Some of them sleep standing up. The driver on Tuesdays knows my name. He opens the door ten minutes early so that we can sit in the warm. The one on Thursdays drives past if you do not wave with both arms."),
    ("Interviewer", "Do you ever travel with colleagues?"),
    ("Nora", "On Fridays Samir takes three of us in his car. We each give him two euros for petrol. He lives the other way, so it is really a present. When he is ill we are back on the bench."),
    ("Interviewer", "What would change things for you?"),
    ("Nora", "One bus at a quarter to three. It is as simple as that. And a lamp that works. I would pay a little more for a monthly pass if it ran at night. At present the pass is forty-nine euros and ends at midnight."),
    ("Interviewer", "Is there anything I have not asked?"),
    ("Nora", "People think that nobody is up at that hour. We are hundreds. You can see us at every stop along the canal. Last week the five o'clock did not come at all. There was no notice, nothing. Forty of us stood there until twenty to six."),
]  # fmt: skip

PAVEL = [
    ("Interviewer", "Pavel, how long have you been baking at night?"),
    ("Pavel", "Eleven years. I start at one in the morning and I am done at nine. The ovens do not wait."),
    ("Interviewer", "How do you get to the bakery at one?"),
    ("Pavel", "I walk. It is six kilometres along the ring road. There is no pavement after the petrol station. Lorries pass so close that I feel the wind. I wear a yellow vest and I still jump."),
    ("Interviewer", "Have you tried the bus?"),
    ("Pavel", "The last one towards the mill is at eleven. If I take it I stand in front of a locked bakery for two hours. In January I did that for a week. My feet were numb when the boss came."),
    ("Interviewer", "Would he open earlier?"),
    ("Pavel", "He would, he is a decent man. But the alarm company charges for every change. So it stays as it is. He gave me an old bicycle instead. Somebody stole it in front of my house in the second month."),
    ("Interviewer", "What about a taxi?"),
    ("Pavel", "You are joking. Twenty-two euros there and twenty-two back. I would be working for the taxi driver. I did it once, when my mother was in hospital. I ate bread for a week after that, and I can get bread for nothing."),
    ("Interviewer", "Do you feel safe on the ring road?"),
    ("Pavel", "On weekdays, yes. On Saturdays the young men come from the discotheque. They throw cans out of the window. One hit me on the shoulder. Since then I walk on the field side of the barrier, in the mud."),
    ("Interviewer", "Is there anybody who drives the same way?"),
    ("Pavel", "The newspaper woman, Greta. She drives past at half past twelve with her bundles. If she sees me she stops and I sit between the newspapers. I bring her rolls on Sundays. We never agreed on it, it just happens."),
    ("Interviewer", "And on the way home at nine?"),
    ("Pavel", "Then there are buses, every ten minutes. They are full of pupils and I smell of yeast. The drivers know me by now. One of them keeps the front seat free with his bag. He says a baker should not have to stand."),
    ("Interviewer", "What did you write to the town?"),
    ("Pavel", "That a bus at half past twelve would do. They answered after five months. There were too few passengers, they said. How can there be passengers on a bus that does not run? I put the letter up next to the oven."),
    ("Interviewer", "Do you think it will change?"),
    ("Pavel", "My apprentice has given notice because of it. She is nineteen and her father does not let her walk along that road at night. I understand him. So now I do her work as well."),
]  # fmt: skip

IDA = [
    ("Interviewer", "Ida, you are a nurse on the night ward. When does your shift end?"),
    ("Ida", "At a quarter past six in the morning, on paper. In truth it is nearer to seven. You do not leave in the middle of a handover."),
    ("Interviewer", "So the buses run by then?"),
    ("Ida", "Going home is fine. Coming in is the trouble. My shift starts at ten in the evening. The bus from the hill goes once an hour after eight. If the train from my daughter's school is late I miss it, and then I am an hour early or half an hour late."),
    ("Interviewer", "What do you do when you miss it?"),
    ("Ida", "I ring the ward and apologise. Then I ring my neighbour, Mr Lund. He is retired and says that he is awake anyway. He drives me down in his slippers. I do not know what I would do without him."),
    ("Interviewer", "Do you pay him?"),
    ("Ida", "He will not take money. I fill his tank once a month when he is not looking. It comes to about thirty euros. A taxi would be more than that in one week."),
    ("Interviewer", "What is the stop on the hill like at night?"),
    ("Ida", "There is no shelter. The hedge hides you from the road, so nobody would see if something happened. I stand in the light of the garage opposite. When it closes at nine I stand in the dark. I have my keys between my fingers, like all of us."),
    ("Interviewer", "Like all of you?"),
    ("Ida", "Ask any nurse. We talk about it at the coffee machine. One of the young ones was followed from the stop to the gate in March. Since then the porter comes to meet her. He is not paid for that."),
    ("Interviewer", "How are the drivers on that line?"),
    ("Ida", "Most of them are kind. There is a woman who waits when she sees the train come in. She gets into trouble for it because the computer counts the minutes. Another one closed the door in my face and looked at his watch. I remember both of them equally well."),
    ("Interviewer", "Has the hospital tried to help?"),
    ("Ida", "They pay half of the monthly pass. That is twenty-five euros less, and I am grateful. But a cheap pass for a bus that does not come is still expensive. Last month it failed to come four times."),
    ("Interviewer", "Do colleagues travel together?"),
    ("Ida", "We have a list on the wall with names and streets. Five cars, seventeen people. It works until somebody is ill or changes shifts. Then the whole list falls apart like a row of dominoes."),
    ("Interviewer", "What would you ask for?"),
    ("Ida", "A bus every half hour until eleven. And a shelter with a light. I have asked for the light since my daughter was born. She is nine now."),
]  # fmt: skip


def turns_to_docx(turns: list[tuple[str, str]], path: Path) -> None:
    """Write an interview as a Word document with a speaker before each turn."""
    document = docx.Document()
    for speaker, text in turns:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{speaker}: ").bold = True
        paragraph.add_run(text)
    document.core_properties.author = "fourp_nlp (fiction)"
    document.save(str(path))


def turns_to_vtt(turns: list[tuple[str, str]], path: Path) -> None:
    """Write an interview as a program for video calls transcribes it."""
    lines = ["WEBVTT", ""]
    second = 0
    for speaker, text in turns:
        length = max(3, len(text) // 15)
        lines += [
            f"{_clock(second)} --> {_clock(second + length)}", f"<v {speaker}>{text}</v>", "",
        ]  # fmt: skip
        second += length + 1
    path.write_text("\n".join(lines), encoding="utf-8", newline="\n")


def _clock(second: int) -> str:
    return f"00:{second // 60:02d}:{second % 60:02d}.000"


def codebook_to_xlsx(path: Path) -> None:
    """Write the codebook as somebody would write it in Excel."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Codebook"
    for row in CODEBOOK:
        page.append(row)
    for column, width in zip("ABCDE", (14, 16, 60, 44, 44), strict=True):
        page.column_dimensions[column].width = width
    book.save(path)


def write_all(folder: Path) -> list[Path]:
    """Write all files into a folder, and return them."""
    folder.mkdir(parents=True, exist_ok=True)
    turns_to_docx(NORA, folder / "nora.docx")
    turns_to_vtt(PAVEL, folder / "pavel.vtt")
    turns_to_docx(IDA, folder / "ida.docx")
    codebook_to_xlsx(folder / "codebook.xlsx")
    return sorted(folder.iterdir())


def content_of(path: Path) -> object:
    """Return what a file says, whatever times and versions a program has written into it."""
    if path.suffix == ".docx":
        return [paragraph.text for paragraph in docx.Document(str(path)).paragraphs]
    if path.suffix == ".xlsx":
        return [list(row) for row in openpyxl.load_workbook(path).active.values]
    return path.read_text(encoding="utf-8")


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--check", action="store_true")
    if not parser.parse_args().check:
        for path in write_all(FOLDER):
            print(path.relative_to(ROOT))
        return 0
    with tempfile.TemporaryDirectory() as place:
        other = [
            path.name
            for path in write_all(Path(place))
            if not (FOLDER / path.name).exists()
            or content_of(path) != content_of(FOLDER / path.name)
        ]
    print("differs: " + ", ".join(other) if other else "the files hold what this script writes")
    return int(bool(other))


if __name__ == "__main__":
    sys.exit(main())
