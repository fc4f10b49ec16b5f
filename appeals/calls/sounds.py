"""What a recording really is, by its first bytes: pure. Only sound that every browser plays is taken."""

HEAD = 4096  # bytes that are enough to tell
MAX_BYTES = 10 * 1024 * 1024  # an hour of a telephone's sound


def sniff_sound(head: bytes) -> str | None:
    """The media type; None for what is no WAV, MP3 or Ogg."""
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    if head[:4] == b"OggS":
        return "audio/ogg"
    # A frame of MPEG layer III begins with eleven set bits and the number of the layer.
    if head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):
        return "audio/mpeg"
    return None


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte that a player asks for; None for the whole, also where the header is not understood."""
    unit, _, asked = header.partition("=")
    first, dash, last = asked.partition("-")
    if unit.strip() != "bytes" or not dash or not first.strip().isdecimal() or "," in asked:
        return None
    start = int(first)
    end = min(int(last), size - 1) if last.strip().isdecimal() else size - 1
    return (start, end) if start <= end else None
