"""A gallery as a stack would leave it: bucket, photos, site and function, on a local cloud."""

import gzip
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from PIL import Image, ImageDraw

from image_gallery import published

ROOT = Path(__file__).parents[2]
SITE = ROOT / "site"
KEY = "sample-key"
SIZES = [(480, 320), (320, 480), (400, 400), (600, 300)]
LONG = "A caption that goes on. " * 80
# Captions that a page could stumble over, in an album of their own.
ODD = {
    "markup": '<img src=x onerror="document.title=1"><b>bold</b> & "quoted" </script>',
    "long": LONG.strip(),  # about as long as the uploader lets a caption be
    "arabic": "غروب الشمس فوق التلال",
    "emoji": "👩‍👩‍👧 am Strand 🏖️",
    "bare": None,
}


# Adds up how far anything on a page moved, clicks no excuse; runs before the page's own scripts.
WATCH_SHIFT = """
self.shift = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => (self.shift += entry.value)))
  .observe({ type: "layout-shift", buffered: true });
"""


def draw_photos(folder, count):
    """Fill a folder with photos of mixed orientations and colours, all but one with a caption."""
    lines = {}
    names = [f"odd/{name}" for name in ODD]
    names += [f"{'hills' if n % 2 else 'sea'}/{n}" for n in range(count - len(names))]
    for place, name in enumerate(names):
        path = folder / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        image = Image.new("RGB", SIZES[place % len(SIZES)], (place * 4, 255 - place * 3, 90))
        ImageDraw.Draw(image).ellipse((40, 40, 260, 260), fill=(255 - place * 4, place * 3, 160))
        image.save(path)
        caption = ODD.get(path.stem, f"Photo {place}")
        words = {"caption": caption} if caption else {}
        lines[f"{name}.png"] = {**words, "date": "2017-08", "credit": "Somebody"}
    (folder / "captions.yaml").write_text(json.dumps(lines, ensure_ascii=False), encoding="utf-8")


def chromium():
    """Where Chromium is; None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Blog:
    """Somebody else's pages, at an origin of their own; `pages` maps a path to HTML and headers."""

    def __init__(self):
        self.pages = {}
        blog = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                html, headers = blog.pages.get(self.path, ("", {}))
                body = html.encode()
                self.send_response(200 if html else 404)
                for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        self.origin = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def publish(self, path, body, head="", **headers):
        """Publish a page; return its address."""
        html = (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Blog</title>{head}'
        )
        icon = '<link rel="icon" href="data:,">'
        self.pages[path] = (f"{html}{icon}</head><body><main>{body}</main></body></html>", headers)
        return self.origin + path

    def publish_html(self, path, html):
        """Publish a page as it is; return its address."""
        self.pages[path] = (html, {})
        return self.origin + path

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Gallery:
    """One bucket with its site, and the function over it; `origins` may ask it."""

    def __init__(self, cloud, bucket, origins=()):
        self.cloud, self.name = cloud, bucket
        self.base_url = f"{cloud.url}/{bucket}"
        self.page_url = f"{self.base_url}/site/index.html"
        self.origins = [cloud.url, *origins]
        self.log = cloud.state_dir / f"{bucket}.log"
        self.process = None
        self.port = 0
        self.pages = 0
        self.api_url = ""
        self.bucket = _make_bucket(cloud.storage_client(), bucket)

    def fill(self, folder):
        """Bring a folder of photos into the bucket, by the uploader."""
        environment = {**os.environ, "STORAGE_EMULATOR_HOST": self.cloud.url}
        subprocess.run(
            [sys.executable, "-m", "cli", "sync", folder, "--bucket", self.name],
            check=True, capture_output=True, cwd=ROOT, env=environment,
        )  # fmt: skip

    def leave_empty(self):
        """Publish a catalog that holds nothing."""
        self._put("catalog.jsonl", b'{"catalog":1,"count":0}\n', "no-cache")

    def pretend(self, count):
        """Publish a catalog of photos whose images are not there."""
        lines = [json.dumps({"catalog": 1, "count": count})]
        ids = sorted(sha256(str(n).encode()).hexdigest()[:16] for n in range(count))
        for n, name in enumerate(ids):
            width, height = SIZES[n % len(SIZES)]
            record = {
                "id": name, "source": "stack", "recipe": "v2", "sizes": [[width, height]],
                "jpeg": [width, height], "alt": f"Photo {n}", "caption": f"Photo {n}",
                "date": f"{2000 + n % 25}-08", "album": f"album-{n % 25}", "credit": "Somebody",
                "placeholder": "1QcSHQRnh493V4dIh4eXh1h4kJUI",
            }  # fmt: skip
            lines.append(json.dumps(record))
        self._put("catalog.jsonl", "\n".join([*lines, ""]).encode(), "no-cache")

    def publish_site(self, **words):
        """Publish `site/` as the stack does; `words` are its title, description and so on."""
        gallery = self.settings(**words)
        self._put("site/config.json", published.config_json(gallery).encode())
        for path in (file for file in SITE.rglob("*") if file.is_file()):
            body = path.read_bytes()
            if path.name == "embed.js":
                body = published.embed_script(body.decode(), gallery).encode()
            if path.name == "index.html":
                body = published.page_html(body.decode(), gallery).encode()
            self._put(f"site/{path.relative_to(SITE).as_posix()}", body)

    def publish_page(self, html):
        """Publish a page beside the real one; return its address."""
        self.pages += 1
        self._put(f"site/page-{self.pages}.html", html.encode())
        return f"{self.base_url}/site/page-{self.pages}.html"

    def settings(self, **words):
        """What the stack knows of this gallery."""
        known = {"lang": "en", "title": "Field notes", **words}
        return published.Gallery(
            gallery_url=self.base_url,
            api_url=self.api_url or f"http://127.0.0.1:{self.port}",
            api_key=KEY,
            allowed_origins=self.origins[1:],
            **known,
        )

    @property
    def config(self):
        return json.loads(published.config_json(self.settings()))

    @property
    def embed(self):
        return f'<script type="module" src="{self.base_url}/site/embed.js"></script>'

    def start_function(self):
        """Serve the function; after the first time at the same port."""
        self.port = self.port or _free_port()
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONUNBUFFERED": "1",
            "GALLERY_BASE_URL": self.base_url,
            "GALLERY_API_KEYS": KEY,
            "GALLERY_ALLOWED_ORIGINS": "\n".join(self.origins[1:]),
            "GALLERY_REQUIRE_KEY": "true",
        }
        command = [sys.executable, "-m", "functions_framework", "--target", "choose_image"]
        with self.log.open("a") as output:
            self.process = subprocess.Popen(
                [*command, "--source", "main.py", "--host", "127.0.0.1", "--port", str(self.port)],
                cwd=ROOT / "function", env=environment, stdout=output, stderr=output,
            )  # fmt: skip
        self._await_health()

    def _await_health(self):
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5).close()
                return
            except urllib.error.HTTPError as error:
                error.close()
                return
            except OSError:
                assert self.process.poll() is None, self.log.read_text()
                assert time.monotonic() < deadline, "the function did not start"
                time.sleep(0.05)

    def stop_function(self):
        """End the function; its port refuses."""
        if self.process:
            self.process.terminate()
            self.process.wait(40)
        self.process = None

    def events(self, name):
        """Ids of the photos of each log line of this event, in order."""
        lines = [line for line in self.log.read_text().splitlines() if line.startswith("{")]
        records = [json.loads(line) for line in lines]
        return [record["photos"] for record in records if record.get("event") == name]

    def photos(self):
        """The records of the catalog."""
        with urllib.request.urlopen(f"{self.base_url}/catalog.jsonl") as response:
            return [json.loads(line) for line in response.read().decode().splitlines()[1:]]

    def _put(self, name, data, cache_control="no-cache"):
        kinds = {
            "html": "text/html",
            "js": "text/javascript",
            "css": "text/css",
            "svg": "image/svg+xml",
        }
        blob = self.bucket.blob(name)
        blob.cache_control = cache_control
        extension = name.rpartition(".")[2]
        if extension in kinds:
            blob.content_encoding = "gzip"
            data = gzip.compress(data, mtime=0)
        blob.upload_from_string(data, content_type=kinds.get(extension, "application/json"))


def _make_bucket(client, name):
    bucket = client.bucket(name)
    bucket.iam_configuration.uniform_bucket_level_access_enabled = True
    exposed = ["Range", "Content-Range", "Content-Length", "ETag"]
    bucket.cors = [
        {
            "origin": ["*"],
            "method": ["GET", "HEAD"],
            "responseHeader": exposed,
            "maxAgeSeconds": 3600,
        }
    ]
    client.create_bucket(bucket)
    policy = bucket.get_iam_policy(requested_policy_version=3)
    policy.bindings.append({"role": "roles/storage.objectViewer", "members": {"allUsers"}})
    bucket.set_iam_policy(policy)
    return bucket


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
