"""A download from a real server: its progress is heard, and nothing of Keras' own is printed."""

import hashlib
import http.server
import threading
import time

import pytest

from app.language import speaking
from app.run_message import run_message
from resnet_core.datasets.download import NotReached, get_file
from resnet_core.runs import store, writes
from resnet_core.runs.reporter import Reporter
from tests.test_runs_store import add

CONTENT = bytes(range(256)) * 12_000


class Slow(http.server.BaseHTTPRequestHandler):
    """Sends the content in pieces with pauses."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        for start in range(0, len(CONTENT), len(CONTENT) // 8):
            self.wfile.write(CONTENT[start : start + len(CONTENT) // 8])
            time.sleep(0.1)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/pets.zip"
        server.shutdown()


def test_bytes_are_counted_while_they_come(address, tmp_path, capsys):
    heard = []
    known = hashlib.sha256(CONTENT).hexdigest()
    file = get_file(address, tmp_path / "downloads", known, lambda *told: heard.append(told))
    assert file.read_bytes() == CONTENT
    done = [told[0] for told in heard]
    assert done == sorted(done) and len(set(done)) >= 3
    assert {told[1:] for told in heard} == {(len(CONTENT), "bytes")} and done[-1] == len(CONTENT)
    assert capsys.readouterr().out == ""


def test_another_file_than_the_known_one_is_refused(address, tmp_path):
    with pytest.raises(NotReached, match="corrupted"):
        get_file(address, tmp_path / "downloads", hashlib.sha256(b"another").hexdigest())


def test_a_run_whose_images_are_downloaded_says_so_and_lives(fresh_home):
    add("r-aaaaaa")
    (fresh_home / "runs" / "r-aaaaaa").mkdir(parents=True)
    writes.advance("r-aaaaaa", {"queued"}, "starting")
    Reporter("r-aaaaaa").on_data(61_000_000, 825_000_000, "bytes")
    job = store.job("r-aaaaaa")
    assert run_message(job) == job.message == "downloading images: 61 of 825 MB"
    assert time.time() - job.heartbeat < 60
    with speaking("ko"):
        assert run_message(job) == "이미지를 내려받는 중: 825 MB 중 61 MB"
