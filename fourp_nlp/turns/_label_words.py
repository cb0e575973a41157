"""Words that are evidence for or against a label: roles, titles, persons."""

from __future__ import annotations

__all__ = ["COURT", "NOT_ONE", "NO_SPEAKERS", "PARTICLES", "PERSONS", "ROLES", "TITLES"]

ROLES = frozenset(
    {
        "int", "intv", "interv", "resp", "mod",
        "animateur", "animatrice", "audience", "befragte", "befragter", "caller", "chair", "chercheur",
        "chercheuse", "enqueteur", "enquetrice", "enquêté", "enquêtée",
        "entrevistada", "entrevistado", "entrevistador", "entrevistadora", "enquêteur",
        "enquêtrice", "facilitator", "guest", "host", "interviewee", "interviewer",
        "interviewerin", "interviewé", "interviewée", "intervieweur", "intervieweuse",
        "intervistato", "intervistatore",
        "moderador", "moderadora", "moderator", "moderatorin", "modérateur", "modératrice", "narrator",
        "panelist", "panellist", "participant", "participante", "presenter", "reporter",
        "researcher", "respondent", "répondant", "répondante", "speaker", "sprecher",
        "sprecherin", "translator", "интервьюер", "респондент", "采访者", "受访者", "主持人",
        "访谈者",
    }
)  # fmt: skip
"""Who somebody is in an interview or a meeting: a label even where it comes once."""

TITLES = frozenset(
    {
        "chief", "constable", "councillor", "cst", "det", "detective", "dr", "father", "insp",
        "inspector", "judge", "justice", "mayor", "minister", "miss", "mr", "mrs", "ms", "mx",
        "officer", "prof", "professor", "rev", "senator", "sergeant", "sgt", "sister",
    }
)  # fmt: skip
"""What stands before a name."""

PERSONS = frozenset(
    {
        "all", "both", "everybody", "everyone", "group", "many", "several", "together", "various",
        "attendee", "bailiff", "boy", "child", "client", "clerk", "counsel", "counsellor", "daughter",
        "doctor", "examiner", "female", "girl", "husband", "interpreter", "lawyer", "male", "man",
        "manager", "mother", "nurse", "operator", "patient", "principal", "psychologist",
        "resident", "secretary", "social", "son", "student", "teacher", "therapist", "unknown",
        "unidentified", "voice", "volunteer", "wife", "witness", "woman", "worker",
    }
)  # fmt: skip
"""Persons whom a text also speaks about: labels only where others are."""

COURT = frozenset(
    {
        "accused", "bailiff", "chairman", "chairperson", "chairwoman", "claimant", "clerk",
        "commissioner", "complainant", "coroner", "court", "defendant", "deponent", "foreman",
        "foreperson", "interpreter", "judge", "jury", "marshal", "notary", "plaintiff",
        "prosecutor", "registrar", "reporter", "speaker", "tribunal", "videographer", "witness",
    }
)  # fmt: skip
"""Who speaks in court, as in THE WITNESS."""

PARTICLES = frozenset(
    {
        "and", "al", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos",
        "du", "e", "el", "et", "ibn", "la", "las", "le", "los", "of", "ten", "ter", "und", "van",
        "von", "y", "zu", "zum", "zur",
    }
)  # fmt: skip
"""Parts of names in small letters."""

# Words that begin a remark, a form or a heading and not a person's speech.
NO_SPEAKERS = frozenset(
    {
        "a", "about", "action", "actions", "activities", "activity", "address", "agenda", "aim",
        "age", "aims", "also", "an", "and", "answers", "appendix", "at", "attendees", "author",
        "background", "because", "beginning", "big", "budget", "but", "cc", "chapter",
        "completed", "conclusion", "conclusions", "contact", "contents", "copyright", "cost",
        "date", "dear", "definition", "deadline", "description", "details", "directions",
        "discussion", "distribution", "done", "draft", "duration", "email", "e-mail", "every",
        "example", "examples", "fact", "facts", "faq", "fax", "figure", "file", "filename",
        "finally", "finding", "findings", "first", "for", "format", "friday", "from", "gender",
        "goal", "goals", "he", "her", "here", "hint", "his", "hours", "how", "however", "i", "if",
        "important", "in", "information", "ingredients", "instructions", "introduction", "issue",
        "it", "its", "key", "keywords", "kind", "language", "last", "length", "lesson", "lessons",
        "link", "links", "location", "materials", "members", "message", "method", "methods",
        "minutes", "mission", "monday", "more", "my", "name", "nb", "new", "next", "no",
        "note", "notes", "number", "objective", "objectives", "occupation", "okay", "on", "one", "option",
        "or", "other", "our", "outcome", "outcomes", "outline", "overview", "p.s", "page", "part",
        "phase", "phone", "photo", "place", "please", "point", "points", "preparation", "present",
        "price", "principle", "principles", "problem", "process", "program", "programme", "project",
        "ps", "published", "purpose", "questions", "re", "reason", "reasons", "recommendation",
        "recommendations", "recorded", "recording", "reference", "references", "regarding", "remember",
        "reminder", "resource", "resources", "result", "results", "review", "right",
        "saturday", "schedule", "second", "section", "serves", "services", "servings", "session", "she",
        "slide", "so", "solution", "some", "source", "sources", "status", "step",
        "steps", "strategies", "strategy", "subject", "summary", "sunday", "table", "target", "task", "tasks",
        "tel", "telephone", "that", "the", "their", "theme", "then", "there", "these", "they",
        "third", "this", "those", "thursday", "time", "tip", "tips", "title", "to", "todo",
        "today", "tomorrow", "topic", "topics", "total", "transcribed", "transcript", "transcription",
        "tuesday", "two", "type", "update", "updated", "url", "values", "venue", "version", "vision",
        "warning", "we", "web", "website", "wednesday", "well", "what", "when", "where", "which",
        "who", "why", "with", "yes", "yield", "you", "your",
        "advantages", "applicant", "barriers", "benefits", "challenges", "cons", "disadvantages", "gaps",
        "needs", "opportunities", "participants", "pros", "risks", "speakers", "strengths", "threats",
        "weaknesses",
        # German, French, Spanish
        "datum", "dauer", "ort", "thema", "ziel", "ziele", "hinweis", "achtung", "anmerkung", "beispiel",
        "das", "es", "und", "wir", "zutaten", "zubereitung", "lieu", "durée", "objet", "sujet",
        "exemple", "remarque", "attention", "nous", "ingrédients", "préparation", "fecha",
        "lugar", "duración", "tema", "nota", "ejemplo", "objetivo", "ingredientes", "preparación",
        # Chinese, Japanese, Korean, Russian, Arabic
        "时间", "地点", "日期", "主题", "注意", "备注", "例如", "電話", "电话", "地址", "姓名", "日時",
        "場所", "注", "例", "дата", "место", "тема", "время", "внимание", "примечание", "التاريخ",
        "المكان", "ملاحظة", "الموضوع",
    }
)  # fmt: skip
"""What begins no speech, whatever else speaks for it."""

NOT_ONE = frozenset({"nb", "ps", "re", "cc", "no", "so", "to", "tel", "fax", "url", "it", "we"})
"""Short words in capitals that are no initials."""
