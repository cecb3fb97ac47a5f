"""Credits: directors and years in the words of many languages, and what is no credit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.videos.works.credits import Credits, find_credits

_STATED = [
    # English
    (
        "The song is amazing, but the video (directed by Mark Romanek) just blew my mind.",
        ["Mark Romanek"],
    ),
    (
        "The clip, directed by Rosa Quill and Tomas Ek, was shot in one night.",
        ["Rosa Quill", "Tomas Ek"],
    ),
    ("Directed by Rosa Quill, Tomas Ek and Mina Court.", ["Rosa Quill", "Tomas Ek", "Mina Court"]),
    ("A new clip directed by CANADA.", ["CANADA"]),
    ("It was directed by Fleur & Manu in a week.", ["Fleur & Manu"]),
    ("It was directed by Zhang + Knight.", ["Zhang + Knight"]),
    ("It was directed by Isaiah Saxon & Sean Hellfritsch.", ["Isaiah Saxon", "Sean Hellfritsch"]),
    ("The Dirby Okafor-directed video opens on a lake.", ["Dirby Okafor"]),
    (
        "The David Combs- and Benjamin Epstein-directed video is out.",
        ["David Combs", "Benjamin Epstein"],
    ),
    ("Gil Pruett directed it, and never directed anything else.", ["Gil Pruett"]),
    ("In the Ana Lund directed clip a bus leaves.", ["Ana Lund"]),
    ("What director Callum Strachan has done is simple.", ["Callum Strachan"]),
    ("Directors Ines Prat and Karl Moe said so.", ["Ines Prat", "Karl Moe"]),
    ("Ola Berg, the director, waited for snow.", ["Ola Berg"]),
    ("Ola Berg (director) waited for snow.", ["Ola Berg"]),
    ("Director: Nina Foyle", ["Nina Foyle"]),
    ("Directed by: Nina Foyle\nProduced by: Max Rowe, Ada Sorel", ["Nina Foyle"]),
    ("Directed by: Jo Doe Produced by: Max Rowe", ["Jo Doe"]),
    ("Director/animator: Ellery Song · Producer: Mina Court", ["Ellery Song"]),
    ("Director - Ellery Song | DoP - Ada Sorel", ["Ellery Song"]),
    ("• Director: Sam Okoro\n• Editor: Lou Bris", ["Sam Okoro"]),
    ("Pale Lanterns – “Kitchen Radio” (Dir. Odile Ferrand)", ["Odile Ferrand"]),
    ("“NO U” (dir. kittenheel)", ["kittenheel"]),
    ("“Dry Season” (d. Effie Pappas)", ["Effie Pappas"]),
    ("Miss Rule – “Habit”, d. Freya Dunn. You expect me to be cross.", ["Freya Dunn"]),
    ("Written and directed by Hana Blom, it runs nine minutes.", ["Hana Blom"]),
    ("Directed, shot and edited by Jonas Ek.", ["Jonas Ek"]),
    ("Directed & edited by Jonas Ek", ["Jonas Ek"]),
    ("A film co-directed by A. B. Cole and Kim Lee.", ["A. B. Cole", "Kim Lee"]),
    ("It was helmed by London-based filmmaker Ada Sorel.", ["Ada Sorel"]),
    ("Directed by the French duo Plume Noire, the clip is blue.", ["Plume Noire"]),
    ("directed by longtime collaborator Hugo Brandt.", ["Hugo Brandt"]),
    ("Directed by Ludwig van der Berg, who also shot it.", ["Ludwig van der Berg"]),
    ("Toby Rask, the landlord of the drummer, directed “Cupboard” in two days.", ["Toby Rask"]),
    ("Jo Tsang's in charge here: Jo Tsang directs.", ["Jo Tsang"]),
    ("Romanek directed it. I saw Mark Romanek once.", ["Mark Romanek"]),
    # French
    ("Un clip réalisé par Gwendal Riou et tourné à Brest.", ["Gwendal Riou"]),
    ("La vidéo a été réalisée par Ada Sorel et Lou Bris.", ["Ada Sorel", "Lou Bris"]),
    ("Réalisation : Ludivine Fèvre", ["Ludivine Fèvre"]),
    ("La réalisatrice Ikram Sol filme une cuisine.", ["Ikram Sol"]),
    ("Romane Quint, qui l'a réalisé, est allée les voir.", ["Romane Quint"]),
    ("C'est Arnaud Pêtre qui signe la réalisation.", ["Arnaud Pêtre"]),
    ("Réalisé à Trois-Rivières par Ignace Bolduc, il dure peu.", ["Ignace Bolduc"]),
    # German
    ("Regie: Sanja Perić", ["Sanja Perić"]),
    ("Regie führte Jasper Holtz, der sonst Theater macht.", ["Jasper Holtz"]),
    ("Swantje Brodersen, die hier Regie geführt hat, liess proben.", ["Swantje Brodersen"]),
    ("Unter der Regie von Mirko Tann entstand ein Clip.", ["Mirko Tann"]),
    ("Der von Dörte Klages inszenierte Clip läuft.", ["Dörte Klages"]),
    ("Inszeniert von Lukas Zumthor, kommt der Clip ohne Schnitt aus.", ["Lukas Zumthor"]),
    ("Die Regisseurin Lola Petersen wartet auf Regen.", ["Lola Petersen"]),
    # Spanish
    ("El clip, dirigido por Itziar Lekuona, se rodó en Huesca.", ["Itziar Lekuona"]),
    ("Dirigida por Rocío Mora y Tano Díez.", ["Rocío Mora", "Tano Díez"]),
    ("Dirección: Blai Serrat", ["Blai Serrat"]),
    ("La directora Jimena Zertuche lo explica.", ["Jimena Zertuche"]),
    ("El clip que dirigió Paulina Ochoa tiene letras.", ["Paulina Ochoa"]),
    ("Codirigido por Ane Larra y Jon Uria.", ["Ane Larra", "Jon Uria"]),
    # Portuguese
    ("Com direção de Thaís Okabe, o clipe é azul.", ["Thaís Okabe"]),
    ("O vídeo foi dirigido por Beto Kuhn.", ["Beto Kuhn"]),
    ("Realizado por Nuno Quintã em Palmela.", ["Nuno Quintã"]),
    ("O diretor Otto Prass filmou tudo.", ["Otto Prass"]),
    # Italian
    ("Il video, con la regia di Oreste Pacelli, è girato a Jesi.", ["Oreste Pacelli"]),
    ("Diretto da Chiara Donadio, dura quattro minuti.", ["Chiara Donadio"]),
    ("Il regista Sandro Perti racconta.", ["Sandro Perti"]),
    ("Regia: Wanda Secchi", ["Wanda Secchi"]),
    # Dutch
    ("De clip werd geregisseerd door Koen Aartsen.", ["Koen Aartsen"]),
    ("Regie: Fenna Smid", ["Fenna Smid"]),
    ("Regisseur Bram Oosterling wachtte op mist.", ["Bram Oosterling"]),
    # Polish
    ("Teledysk wyreżyserował Igor Walczuk.", ["Igor Walczuk"]),
    ("Reżyseria: Emilia Żurek", ["Emilia Żurek"]),
    ("Igor Walczuk, który to wyreżyserował, milczy.", ["Igor Walczuk"]),
    ("(reż. Patryk Dąb)", ["Patryk Dąb"]),
    # Swedish, Danish, Norwegian, Finnish
    ("Videon är regisserad av Petra Lindeblad.", ["Petra Lindeblad"]),
    ("Regi: Isak Rönnmark", ["Isak Rönnmark"]),
    ("Regissören Lova Tegnér ville ha snö.", ["Lova Tegnér"]),
    ("Videoen er instrueret af Astrid Ravn.", ["Astrid Ravn"]),
    ("Instruktøren Peder Holm ville ikke.", ["Peder Holm"]),
    ("Videoen er regissert av Solveig Aas.", ["Solveig Aas"]),
    ("Videon on ohjannut Oona Räsänen.", ["Oona Räsänen"]),
    ("Ohjaus: Niilas Guttorm", ["Niilas Guttorm"]),
    # Czech, Turkish, Russian, Hungarian, Greek
    ("Klip natočil Matěj Sýkora.", ["Matěj Sýkora"]),
    ("Režie: Eva Landová", ["Eva Landová"]),
    ("Klibin yönetmeni Suna Kırlı.", ["Suna Kırlı"]),
    ("Yönetmen: Barış Demir", ["Barış Demir"]),
    ("Режиссёр: Таня Чижова", ["Таня Чижова"]),
    ("Клип снял Глеб Осин.", ["Глеб Осин"]),
    ("Режиссёром выступила Маша Вольф.", ["Маша Вольф"]),
    ("Rendezte: Halmi Jázmin", ["Halmi Jázmin"]),
    ("Σκηνοθεσία: Στέλιος Καμπάνης", ["Στέλιος Καμπάνης"]),
    # Japanese, Korean, Chinese
    ("監督：大迫ユイ", ["大迫ユイ"]),
    ("監督は関和亮。", ["関和亮"]),
    ("メガホンを取ったのは渡会 想。", ["渡会 想"]),
    ("監督の江里口マコトさんが絵を持ってきた。", ["江里口マコト"]),
    ("감독: 구자윤", ["구자윤"]),
    ("연출을 맡은 구자윤 감독은 웃었다.", ["구자윤"]),
    ("연출은 정다. 옥상에서 찍었다.", ["정다"]),
    ("导演：张元", ["张元"]),
]

_NOT_STATED = [
    "Director of photography Jim Frohna lit it.",
    "Art director Max Rowe built the set.",
    "Creative director: Ada Sorel",
    "Edited by Lou Bris, produced by Sam Okoro.",
    "Cinematography: Ada Sorel\nEditor: Lou Bris\nWriter: Sam Okoro",
    "“Sea Legs” (Dir. ?)",
    "Director: TBA",
    "Directed by unknown.",
    "The director's cut is longer.",
    "“Tin Hat” (directed by)",
    "She walked directly to the door.",
    "Directeur de la photographie : Ada Sorel",
    "La directora de fotografía Ana Ruiz esperó.",
    "촬영 감독 구자윤",
    "撮影監督：大迫ユイ",
    "",
]


@pytest.mark.parametrize(("text", "names"), _STATED, ids=[text[:50] for text, _ in _STATED])
def test_directors_are_read_from_prose_and_credit_lines(text: str, names: list[str]) -> None:
    assert list(find_credits([text]).names) == names


@pytest.mark.parametrize("text", _NOT_STATED)
def test_other_crafts_and_unknown_directors_are_none(text: str) -> None:
    assert find_credits([text]).names == ()


def test_a_credit_keeps_the_words_it_rests_on() -> None:
    (credit,) = find_credits(["We like it.", "It was directed by Rosa Quill in May."]).directors
    assert "directed by Rosa Quill" in credit.evidence


def test_a_director_named_twice_is_one() -> None:
    text = ["Directed by Rosa Quill.", "Director Rosa Quill said: no.", "Quill directed it alone."]
    assert find_credits(text).names == ("Rosa Quill",)


@pytest.mark.parametrize(
    "text",
    ["A self-directed clip.", "It was directed by the band.", "(directed by themselves, 1985)"],
)
def test_a_video_directed_by_its_artist_says_so_without_a_name(text: str) -> None:
    found = find_credits([text])
    assert found.self_directed
    assert found.names == ()


def test_a_credit_sheet_gives_artist_song_label_and_year() -> None:
    sheet = "Artist: The Larks\nTrack: Tin Heart\nDirector: Rosa Quill\nYear: 2009\nLabel: Moss"
    found = find_credits([sheet])
    assert (found.artist, found.song, found.label) == ("The Larks", "Tin Heart", "Moss")
    assert (found.names, found.year) == (("Rosa Quill",), 2009)


@pytest.mark.parametrize(
    "text", ["I love the 1994 video.", "It is a clip from 1994.", "the 1994 music video for it"]
)
def test_the_year_of_the_video_is_read_beside_its_word(text: str) -> None:
    assert find_credits([text]).year == 1994


@pytest.mark.parametrize(
    "text", ["A double VHS set that was released in 1997.", "The 1994 video, not the 2003 video."]
)
def test_other_years_and_years_at_odds_are_none(text: str) -> None:
    assert find_credits([text]).year is None


def test_nothing_in_nothing_out() -> None:
    assert find_credits([]) == Credits()


@given(st.lists(st.text(max_size=300), max_size=5))
def test_no_text_makes_it_raise(paragraphs: list[str]) -> None:
    found = find_credits(paragraphs)
    assert len(found.names) == len(set(found.names))


_CUES = [
    "directed by ",
    "Director: ",
    "Regie führte ",
    "réalisé par ",
    "監督",
    "감독 ",
    "(dir. ",
    ", d. ",
    "X-directed ",
    "directed and ",
    "and ",
    "J. ",
    "“",
    "İ",
    "Year: 19",
]


@pytest.mark.parametrize("cue", _CUES)
def test_a_megabyte_of_one_cue_names_nobody_and_ends(cue: str) -> None:
    assert len(find_credits([cue * (1_000_000 // len(cue))]).names) <= 2


@given(st.lists(st.sampled_from([*_CUES, "Rosa ", "Quill", ", ", "\n", ") ", ". "]), max_size=200))
def test_no_pile_of_cues_and_names_makes_it_raise(pieces: list[str]) -> None:
    text = "".join(pieces)
    names = find_credits([text]).names
    assert all(word in text for name in names for word in name.split())
