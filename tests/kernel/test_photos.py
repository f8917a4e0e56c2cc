"""What comes in as a photo, what is refused with words, and that a child pays for the bad ones."""

import io
import resource
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image, ImageCms
from PIL.TiffImagePlugin import IFDRational

from portal.kernel import photos
from portal.kernel.errors import Refused
from portal.kernel.photos import MOST_BYTES, CleanPhoto, PhotoPool, PhotoRefusal, clean_photo
from tests.make.photos import encoded, exif, heic, jpeg, picture, png_claiming

ZONE = ZoneInfo("Asia/Shanghai")
PINGDU = ((36.0, 46.0, 48.0), (119.0, 57.0, 36.0))


@pytest.fixture(scope="module", params=["vips", "pillow"])
def pool(request: pytest.FixtureRequest) -> Iterator[PhotoPool]:
    """Both decoders: the fast one, and the one for machines without it."""
    pool = PhotoPool(*(["--pillow"] if request.param == "pillow" else []))
    yield pool
    pool.close()


def refusal(content: bytes, pool: PhotoPool) -> PhotoRefusal:
    with pytest.raises(Refused) as caught:
        clean_photo(content, ZONE, pool=pool)
    assert isinstance(caught.value.code, PhotoRefusal)
    return caught.value.code


def opened(photo: CleanPhoto) -> Image.Image:
    return Image.open(io.BytesIO(photo.picture))


def colours(image: Image.Image, at: tuple[int, int]) -> tuple[int, int, int]:
    pixel = image.convert("RGB").getpixel(at)
    assert isinstance(pixel, tuple)
    red, green, blue = pixel
    return red, green, blue


def is_green(image: Image.Image, at: tuple[int, int]) -> bool:
    red, green, _ = colours(image, at)
    return green > red


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_pictures_of_every_usual_kind_become_jpegs(pool: PhotoPool, kind: str, mode: str) -> None:
    photo = clean_photo(encoded(picture(mode=mode), kind), ZONE, pool=pool)

    assert opened(photo).format == "JPEG"
    assert opened(photo).size == (photo.width, photo.height) == (320, 240)


def test_a_heic_from_an_iphone_is_read_with_its_place(pool: PhotoPool) -> None:
    photo = clean_photo(heic(), ZONE, pool=pool)

    assert (photo.width, photo.height) == (64, 48)
    assert is_green(opened(photo), (10, 10))
    assert (photo.lon, photo.lat) == (119.96, 36.78)


def test_a_large_photo_shrinks_to_1600_dots_with_a_thumbnail_of_400(pool: PhotoPool) -> None:
    photo = clean_photo(jpeg(3200, 2400), ZONE, pool=pool)

    assert opened(photo).size == (1600, 1200)
    assert Image.open(io.BytesIO(photo.thumbnail)).size == (400, 300)


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [(1, (30, 30)), (3, (290, 210)), (6, (210, 30)), (8, (30, 290))],
)
def test_a_turned_photo_is_stored_upright(
    pool: PhotoPool, orientation: int, corner: tuple[int, int]
) -> None:
    photo = clean_photo(jpeg(exif=exif(orientation=orientation)), ZONE, pool=pool)

    assert is_green(opened(photo), corner)
    assert opened(photo).getexif().get(0x0112) is None


def test_place_and_time_are_read_and_then_nothing_of_the_metadata_is_left(pool: PhotoPool) -> None:
    data = exif(place=PINGDU, taken="2026:11:22 10:30:00")
    content = jpeg(exif=data, comment=b"my name is Li") + b"PK\x03\x04 a hidden archive"

    photo = clean_photo(content, ZONE, pool=pool)

    assert (photo.lon, photo.lat) == (119.96, 36.78)
    assert photo.taken_at == datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
    for stored in (photo.picture, photo.thumbnail):
        assert not Image.open(io.BytesIO(stored)).getexif()
        for secret in (b"Exif", b"SecretCamera", b"my name is Li", b"hidden archive", b"http"):
            assert secret not in stored


def test_the_camera_s_own_offset_is_believed(pool: PhotoPool) -> None:
    data = exif(taken="2026:11:22 10:30:00", offset="-03:30")

    photo = clean_photo(jpeg(exif=data), ZONE, pool=pool)

    assert photo.taken_at == datetime(2026, 11, 22, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "yesterday", "2026:13:45 99:00:00", ""])
def test_an_impossible_time_is_no_time(pool: PhotoPool, taken: str) -> None:
    assert clean_photo(jpeg(exif=exif(taken=taken)), ZONE, pool=pool).taken_at is None


@pytest.mark.parametrize(
    ("place", "refs"),
    [
        (((91.0, 0.0, 0.0), (119.0, 0.0, 0.0)), ("N", "E")),
        (((36.0, 0.0, 0.0), (181.0, 0.0, 0.0)), ("N", "E")),
        (((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)), ("N", "E")),
        (((36.0, 0.0, 0.0), (119.0, 0.0, 0.0)), ("X", "E")),
        (((36.0, 0.0), (119.0, 0.0, 0.0)), ("N", "E")),
        (((36.0, 0.0, IFDRational(1, 0)), (119.0, 0.0, 0.0)), ("N", "E")),
    ],
)
def test_a_place_that_cannot_be_is_no_place(
    pool: PhotoPool, place: tuple[object, object], refs: tuple[str, str]
) -> None:
    photo = clean_photo(jpeg(exif=exif(place=place, refs=refs)), ZONE, pool=pool)

    assert (photo.lon, photo.lat) == (None, None)
    assert photo.width == 320


def test_south_and_west_are_negative(pool: PhotoPool) -> None:
    data = exif(place=((33.0, 30.0, 0.0), (70.0, 45.0, 0.0)), refs=("S", "W"))

    photo = clean_photo(jpeg(exif=data), ZONE, pool=pool)

    assert (photo.lon, photo.lat) == (-70.75, -33.5)


def test_broken_exif_loses_the_place_and_not_the_photo(pool: PhotoPool) -> None:
    content = bytearray(jpeg(exif=exif(place=PINGDU)))
    start = content.index(b"Exif\x00\x00") + 6
    content[start + 8 : start + 60] = b"\xff" * 52

    photo = clean_photo(bytes(content), ZONE, pool=pool)

    assert (photo.width, photo.lon) == (320, None)


def test_a_wide_gamut_profile_is_converted_to_what_every_screen_shows(pool: PhotoPool) -> None:
    # a profile that says "nearly black": only a converted picture gets dark
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    photo = clean_photo(jpeg(icc_profile=lab), ZONE, pool=pool)

    assert "icc_profile" not in opened(photo).info
    red, green, blue = colours(opened(photo), (200, 200))
    assert (red > 240, green < 15, blue < 15) == (True, True, True)


def test_what_was_transparent_becomes_white(pool: PhotoPool) -> None:
    clear = Image.new("RGBA", (64, 64), (0, 0, 0, 0))

    photo = clean_photo(encoded(clear, "PNG"), ZONE, pool=pool)

    assert min(colours(opened(photo), (32, 32))) > 250


@pytest.mark.parametrize("mode", ["CMYK"])
def test_a_picture_for_printers_is_converted(pool: PhotoPool, mode: str) -> None:
    photo = clean_photo(jpeg_of(mode), ZONE, pool=pool)

    assert opened(photo).mode == "RGB"


def jpeg_of(mode: str) -> bytes:
    return encoded(picture(mode=mode), "JPEG")


def test_sixteen_bits_of_grey_are_scaled_and_not_clipped(pool: PhotoPool) -> None:
    grey = Image.new("I;16", (64, 64), 0x8000)

    photo = clean_photo(encoded(grey, "PNG"), ZONE, pool=pool)

    assert opened(photo).mode in {"L", "RGB"}
    assert all(110 < colour < 200 for colour in colours(opened(photo), (32, 32)))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", PhotoRefusal.EMPTY),
        (b"hello", PhotoRefusal.NOT_A_PHOTO),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", PhotoRefusal.NOT_A_PHOTO),
        (b"%PDF-1.7\n" + jpeg(), PhotoRefusal.DOCUMENT),
        (b"PK\x03\x04" + b"\x00" * 200, PhotoRefusal.DOCUMENT),
        (b"%PDF-1.4" + b"\x00" * MOST_BYTES, PhotoRefusal.DOCUMENT),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 200, PhotoRefusal.DOCUMENT),
        (b"\x00\x00\x00\x1cftypavif" + b"\x00" * 200, PhotoRefusal.NOT_A_PHOTO),
        (b"\x00\x00\x00\x1cftypheic" + b"\x00" * 200, PhotoRefusal.BROKEN),
        (b"\xff\xd8\xff" + b"\x00" * 200, PhotoRefusal.BROKEN),
        (b"\x89PNG\r\n\x1a\n", PhotoRefusal.BROKEN),
        (b"RIFF\x00\x00\x00\x00WEBP", PhotoRefusal.BROKEN),
        (jpeg()[:-900], PhotoRefusal.BROKEN),
        (encoded(picture(), "PNG")[:-300], PhotoRefusal.BROKEN),
        (encoded(picture(), "WEBP")[:-80], PhotoRefusal.BROKEN),
        (heic()[:-200], PhotoRefusal.BROKEN),
        (encoded(picture(), "GIF"), PhotoRefusal.NOT_A_PHOTO),
        (encoded(picture(), "TIFF"), PhotoRefusal.NOT_A_PHOTO),
        (jpeg(10, 10), PhotoRefusal.TOO_SMALL),
        (b"\xff\xd8\xff" + b"\x00" * MOST_BYTES, PhotoRefusal.TOO_BIG),
        (png_claiming(60_000, 60_000), PhotoRefusal.TOO_MANY_PIXELS),
        (png_claiming(5_001, 5_000), PhotoRefusal.TOO_MANY_PIXELS),
        (png_claiming(4_000, 4_000), PhotoRefusal.BROKEN),
    ],
)
def test_wrong_huge_broken_and_disguised_files_are_refused(
    pool: PhotoPool, content: bytes, code: PhotoRefusal
) -> None:
    assert refusal(content, pool) is code


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_moving_pictures_are_refused(pool: PhotoPool, kind: str) -> None:
    frames = [picture(), Image.new("RGB", (320, 240), "blue")]
    content = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)

    assert refusal(content, pool) is PhotoRefusal.ANIMATED


def test_after_a_bad_file_the_next_good_one_is_read(pool: PhotoPool) -> None:
    for _ in range(3):
        refusal(b"\xff\xd8\xff" + b"\x00" * 200, pool)

    assert clean_photo(jpeg(), ZONE, pool=pool).width == 320


def run_child(program: str) -> int:
    """The worker's own limits around a hostile picture."""
    code = (
        f"import sys; sys.path.insert(0, {str(photos.WORKER.parent)!r})\n"
        "import photo_worker as w; w.MEMORY_BYTES = 400_000_000; w.CPU_SECONDS = 1\n"
        f"w._limit_process(); w._limit_next_photo()\n{program}"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=False)
    return done.returncode


def test_the_child_may_not_use_more_memory_than_a_photo_needs() -> None:
    assert run_child("bytearray(500_000_000)") == 1
    assert run_child("bytearray(10_000_000)") == 0


def test_the_child_may_not_compute_for_long() -> None:
    # of the processor: on a busy machine the same work takes longer
    started = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime

    assert run_child("while True: pass") < 0
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - started < 10


def test_the_child_may_not_write_a_file(tmp_path: Path) -> None:
    file = tmp_path / "intruder"

    assert run_child(f"open({str(file)!r}, 'wb', 0).write(b'x')") != 0
    assert file.read_bytes() == b""


def test_the_child_gets_no_settings_and_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "must-not-leak")
    pool = PhotoPool()
    clean_photo(jpeg(), ZONE, pool=pool)
    worker = pool._idle[0]
    environment = Path(f"/proc/{worker._process.pid}/environ").read_bytes()
    pool.close()

    assert b"must-not-leak" not in environment
    assert b"VIPS_BLOCK_UNTRUSTED=1" in environment


def test_a_child_that_died_waiting_is_replaced() -> None:
    pool = PhotoPool()
    clean_photo(jpeg(), ZONE, pool=pool)
    pool._idle[0]._process.kill()
    pool._idle[0]._process.wait()

    assert clean_photo(jpeg(), ZONE, pool=pool).width == 320
    pool.close()


def test_a_child_that_hangs_is_given_up_and_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "ANSWER_SECONDS", 0.3)
    pool = PhotoPool()
    clean = photos._Worker(())
    pool._idle.append(clean)
    clean._process.send_signal(19)

    assert refusal(jpeg(), pool) is PhotoRefusal.BROKEN
    assert clean._process.poll() is not None
    monkeypatch.undo()
    assert clean_photo(jpeg(), ZONE, pool=pool).width == 320
    pool.close()


def test_when_no_child_is_free_in_time_people_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "TURN_SECONDS", 0.05)
    pool = PhotoPool(size=1)
    pool._turns.acquire()

    assert refusal(jpeg(), pool) is PhotoRefusal.BUSY


def test_many_threads_share_a_few_children() -> None:
    pool = PhotoPool(size=2)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: clean_photo(jpeg(), ZONE, pool=pool).width, range(16)))

    assert found == [320] * 16
    assert len(pool._idle) <= 2
    pool.close()


def test_a_child_is_replaced_after_many_photos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "PHOTOS_PER_WORKER", 1)
    pool = PhotoPool()
    clean_photo(jpeg(), ZONE, pool=pool)
    first = pool._idle[0]
    clean_photo(jpeg(), ZONE, pool=pool)

    assert pool._idle[0] is not first
    assert first._process.poll() is not None
    pool.close()
