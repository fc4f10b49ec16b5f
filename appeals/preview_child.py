"""Draws one picture anew, alone in a process that can spoil nothing: bytes in on stdin, a plain JPEG out on stdout.

Runs as a script in isolated mode. What a stranger uploaded is decoded here and nowhere else: no network, no files,
little memory, a few seconds. Whatever goes wrong ends the process with a code and no output.
"""

import io
import resource
import sys
import warnings

LONGEST = 1_600  # px of the longer side
PIXELS = 60_000_000  # of the original; a bomb has billions
MEMORY = 1_024 * 1_024 * 1_024
SECONDS = 10


def main() -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    with Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=("JPEG", "PNG")) as picture:
        if picture.width * picture.height > PIXELS:
            return 3
        # A large photo is decoded at a fraction of its size where its kind allows that.
        picture.draft("RGB", (LONGEST, LONGEST))
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((LONGEST, LONGEST))
        # On paper-white, where it is see-through; a new picture carries no place, camera or time.
        clean = Image.new("RGB", upright.size, "white")
        flat = upright.convert("RGBA")
        clean.paste(flat, mask=flat.getchannel("A"))
        clean.save(sys.stdout.buffer, "JPEG", quality=82, optimize=True)
    return 0


if __name__ == "__main__":
    try:
        code = main()
    except Exception:
        code = 2
    sys.exit(code)
