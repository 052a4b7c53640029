"""How positions and bodies are shortened in Vietnamese offices, folded as a search folds them."""

from storage.folding import tokens

ABBREVIATIONS = {
    "gd": "giam doc",
    "pgd": "pho giam doc",
    "ct": "chu tich",
    "pct": "pho chu tich",
    "cvp": "chanh van phong",
    "pcvp": "pho chanh van phong",
    "ubnd": "uy ban nhan dan",
    "hdnd": "hoi dong nhan dan",
    "vp": "van phong",
}
"""Only those with one meaning: TP is both Trưởng phòng and Thành phố, BT both Bí thư and Bộ trưởng."""

HONORIFICS = (("ong",), ("ba",), ("dong", "chi"), ("d", "c"))
SHORTEST_NAME = 2


def written_out(text: str) -> str:
    """A name or position with its abbreviations written out: `GĐ Sở Y tế` is `giam doc so y te`."""
    return " ".join(ABBREVIATIONS.get(token, token) for token in tokens(text))


def without_honorific(key: str) -> str:
    """A name without the word of respect in front; `key` comes from `written_out`."""
    words = key.split()
    for honorific in HONORIFICS:
        if tuple(words[: len(honorific)]) == honorific and len(words) >= len(honorific) + SHORTEST_NAME:
            return " ".join(words[len(honorific) :])
    return key
