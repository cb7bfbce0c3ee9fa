"""Archives of small functions, for the tests."""

import io
import json
import zipfile
from pathlib import Path

REQUIREMENTS = (Path(__file__).parents[2] / "function" / "requirements.txt").read_text()
PARENT = "/cloudfunctions/v2/projects/local-project/locations/europe-west1"

HELLO = """
import json, os, time

def choose(request):
    if "sleep" in request.args:
        time.sleep(float(request.args["sleep"]))
    if "die" in request.args:
        os._exit(1)
    print(json.dumps({"severity": "INFO", "message": "hit", "event": "hit"}))
    names = ("WORD", "SECRET", "PYTHONPATH", "K_SERVICE")
    found = {name: os.environ.get(name) for name in names}
    return {"version": VERSION, "PID": os.getpid(), **found}
"""


def archive(version="one", source=HELLO, requirements=REQUIREMENTS):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as content:
        content.writestr("main.py", f"VERSION = {version!r}\n{source}")
        content.writestr("requirements.txt", requirements)
    return data.getvalue()


def declaration(object_name, **service):
    source = {"storageSource": {"bucket": "source", "object": object_name}}
    return {
        "buildConfig": {"runtime": "python313", "entryPoint": "choose", "source": source},
        "serviceConfig": {"timeoutSeconds": 30, **service},
    }


def upload(cloud, name, data):
    client = cloud.storage_client()
    bucket = client.bucket("source")
    if not bucket.exists():
        bucket.create()
    bucket.blob(name).upload_from_string(data)


def finished(cloud, operation):
    import time

    while not operation.get("done"):
        time.sleep(0.2)
        operation = cloud.get(f"/cloudfunctions/v2/{operation['name']}")
    return operation


def deploy(cloud, name="hello", object_name="one.zip", **service):
    body = declaration(object_name, **service)
    path = f"{PARENT}/functions?functionId={name}"
    return finished(cloud, cloud.call("POST", path, body))


def redeploy(cloud, name="hello", object_name="two.zip", **service):
    body = declaration(object_name, **service)
    path = f"{PARENT}/functions/{name}?updateMask=buildConfig,serviceConfig"
    return finished(cloud, cloud.call("PATCH", path, body))


def ask(url):
    import urllib.request

    with urllib.request.urlopen(url, timeout=60) as answer:
        return json.loads(answer.read())
