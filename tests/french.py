"""French fiction about a shared garden: a codebook, sentences with their codes, and the same in English."""

from __future__ import annotations

CODES = {
    "eau": (
        "Eau et arrosage",
        "Arroser les plantes : tuyaux, puits, barils de pluie, robinets.",
        "Water",
        "Watering plants: hoses, wells, rain barrels, taps.",
    ),
    "semences": (
        "Semences et semis",
        "Semer, échanger des graines, élever de jeunes plants.",
        "Seeds",
        "Sowing, exchanging seeds, raising seedlings.",
    ),
    "clés": (
        "Accès et serrures",
        "Qui peut entrer : clés, cadenas, portail, clôture.",
        "Access and locks",
        "Who can get in: keys, padlocks, gate, fence.",
    ),
    "argent": (
        "Argent",
        "Cotisations, dépenses, dons et subventions.",
        "Money",
        "Membership fees, expenses, donations and grants.",
    ),
}
"""By code id: name and definition in French, name and definition in English."""

SENTENCES = [
    ("eau", "Le robinet de la remise coule toute la nuit.", "The tap of the shed runs all night."),
    (
        "eau",
        "Les enfants remplissent les arrosoirs le mercredi.",
        "The children fill the watering cans on Wednesdays.",
    ),
    ("eau", "On a creusé un puits derrière la serre.", "We dug a well behind the greenhouse."),
    (
        "eau",
        "Un deuxième baril recueille la pluie du toit.",
        "A second barrel collects the rain from the roof.",
    ),
    (
        "eau",
        "Quelqu'un a encore oublié de fermer le tuyau.",
        "Somebody forgot to turn off the hose again.",
    ),
    (
        "eau",
        "En juillet, les tomates ont eu soif pendant dix jours.",
        "In July, the tomatoes were thirsty for ten days.",
    ),
    (
        "semences",
        "Ines apporte une boîte de haricots à semer.",
        "Ines brings a tin of beans to sow.",
    ),
    (
        "semences",
        "Les plants de tomates s'endurcissent sur le rebord de la fenêtre.",
        "The tomato seedlings are hardening off on the window sill.",
    ),
    (
        "semences",
        "Nous avons semé les carottes en deux rangs.",
        "We sowed the carrots in two rows.",
    ),
    (
        "semences",
        "Des sachets de laitue ont circulé à la fête d'échange.",
        "Packets of lettuce went round at the swap.",
    ),
    (
        "semences",
        "Les pois de sa grand-mère ont germé en neuf jours.",
        "Her grandmother's peas germinated in nine days.",
    ),
    (
        "semences",
        "Chacun garde quelques graines pour l'an prochain.",
        "Everybody keeps a few seeds for next year.",
    ),
    (
        "clés",
        "La voisine du douze garde le double.",
        "The neighbour at number twelve keeps the spare one.",
    ),
    ("clés", "N'oubliez pas de remettre le cadenas.", "Do not forget to put the padlock back."),
    (
        "clés",
        "Le portail reste fermé après vingt heures.",
        "The gate stays shut after eight in the evening.",
    ),
    ("clés", "Nous avons changé la serrure à l'automne.", "We changed the lock in the autumn."),
    (
        "clés",
        "Il y a un trou dans la clôture, et n'importe qui passe.",
        "There is a hole in the fence, and anybody gets through.",
    ),
    (
        "clés",
        "Seuls trois membres peuvent ouvrir la remise.",
        "Only three members can open the shed.",
    ),
    (
        "argent",
        "La cotisation est de vingt dollars par famille.",
        "The fee is twenty dollars a family.",
    ),
    ("argent", "La ville nous a accordé une subvention.", "The city gave us a grant."),
    (
        "argent",
        "Nous votons sur chaque dépense de plus de cent dollars.",
        "We vote on every expense of more than a hundred dollars.",
    ),
    (
        "argent",
        "Un commerçant a donné le bois des bacs.",
        "A shopkeeper donated the wood of the beds.",
    ),
    (
        "argent",
        "Le trésorier présente les comptes en janvier.",
        "The treasurer presents the accounts in January.",
    ),
    ("argent", "Cette année, la caisse est presque vide.", "This year, the till is nearly empty."),
    ("", "Le chat de Luc dort au soleil.", "Luc's cat sleeps in the sun."),
    ("", "Nous chantons parfois en désherbant.", "We sometimes sing while weeding."),
    ("", "La réunion a duré deux heures.", "The meeting took two hours."),
    ("", "Hélène revient de voyage demain.", "Hélène comes back from her journey tomorrow."),
    ("", "Il a beaucoup neigé cet hiver.", "It snowed a lot this winter."),
    ("", "Mon frère préfère la ville.", "My brother prefers the city."),
]
"""Code id (empty for none), the sentence in French, and in English."""

INTERVIEW = """\
Intervieweuse : Comment avez-vous commencé le jardin partagé ?
Participante : M. Roy nous a prêté le terrain en 2019. On a creusé un puits, posé des tuyaux, etc. Mme Paquin \
apporte des semences chaque printemps.
Intervieweuse : Et qui garde les clés ?
Participante : C'est moi. Je les laisse au no. 12, chez la voisine. « N'oubliez pas le cadenas ! » dit-elle toujours.
Intervieweuse : Avez-vous eu des disputes entre voisins ?
Participante : Oui, p. ex. au sujet de l'eau. L'été dernier, il n'en restait plus du tout.
"""

GERMAN = """\
Der Garten liegt hinter dem Bahnhof, und seit drei Jahren bauen wir dort Bohnen und Kartoffeln an. Im Sommer
gießen die Kinder die Beete, und im Herbst sammeln wir das Laub. Wer einen Schlüssel hat, öffnet morgens das Tor.
"""

SENTENCE_CASES = [
    ["M. Tremblay est arrivé à 9 h.", "Mme Roy, Dre Gagnon et Me Paquin l'attendaient."],
    ["Il y avait M. Le Blanc et MM. Roy et Fils.", "Personne d'autre n'est venu."],
    ["Avez-vous vu Mme. Dubois ?", "Pas moi…", "Peut-être Luc."],
    ["Voir l'art. 12 du règlement.", "Il est à la p. 4, au chap. IV du cahier."],
    ["On sème tôt, p. ex. Luc commence en mars.", "Par ex. Anne attend mai."],
    ["C'est un don, c.-à-d. Marie ne paie rien."],
    ["On apporte des gants, des bottes, etc.", "Les bénévoles trient tout."],
    ["On apporte des gants, etc. pour tout le monde."],
    ["« Venez ! » a-t-elle dit.", "Personne n'a bougé."],
    ["« C'est fini. »", "Hélène range les chaises."],
    ["« Tu viens ? demanda Luc.", "— Non », dit-elle."],
    ["Il a crié « Attention ! »", "Puis tout est tombé."],
    ["Est-ce vrai ?", "Oui !", "Enfin, presque : il en manque une."],
    ["Les raisons sont simples : le sol, l'eau ; le reste viendra."],
    ["Le sac coûte 3,5 % de plus, soit 1 234,50 $.", "C'est trop."],
    ["Rendez-vous à 18 h 30.", "Apportez des vis."],
    ["Le 1er mai, le 2e groupe est parti.", "Nous sommes restés."],
    ["Le fleuve est à 300 m.", "Ensuite il se rétrécit."],
    ["Elle pesait 50 kg.", "Lui, 80."],
    ["J.-P. Roy habite au 12, boul. Laurier.", "Son frère vit à côté."],
    ["J. Martin a signé.", "C. Gagnon aussi."],
    ["Elle a grandi aux É.-U.", "Nous l'avons connue là."],
    ["C'est le plan B.", "Nous le suivrons."],
    ["Selon Roy et al. (2019), les voisins s'entendent.", "D'autres en doutent."],
    ["Fermez la porte, s.v.p.", "L'air est froid."],
    ["Le lot no. 7 est libre.", "Le tél. 555 ne répond plus."],
    ["Bon... on verra.", "Il n'y a plus d'eau !!!", "Que faire ?"],
    ["L'équipe se réunit le 5 janv. 2020.", "L’hiver a été long."],
    ["Cf. Tremblay, vol. 2.", "Voilà."],
    ["Mgr. Roy et le Dr. Gagnon sont venus.", "Ils ont béni les outils."],
    ["Écrivez-moi au 1225, av. des Érables, app. 3.", "Je vous répondrai."],
    [
        "Le curé, M. l'abbé Lemieux, a ouvert l'église Ste-Anne (art. 4, par. 2).",
        "C'était gratuit.",
    ],
    ["Il reste env. 40 m2 à défricher.", "Ben, euh... un jour on le fera."],
    ["C'est de l'art.", "L'équipe a passé le col.", "Il neigeait."],
    ["On parle d'un vol.", "C'est grave."],
    ["Il habite av. Cartier, à Québec.", "À pied, c'est loin."],
]
"""Texts as the sentences that they are to be divided into."""
