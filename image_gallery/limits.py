"""What Google would refuse, as one table: each range with the page that it is from.

Owns: the refusal of wrong arguments, all at once, before anything is declared. Pure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pulumi

from image_gallery.args import BASE_URL, ImageGalleryArgs

__all__ = ["Mistake", "is_given", "mistakes", "refuse"]

# docs.cloud.google.com/run/docs/configuring/services/cpu: processors → least and most MiB.
# Between 0.08 and 1, any part; memory of more than 512 MiB wants half a processor.
_MEMORY = {
    "1": (128, 4096),
    "2": (128, 8192),
    "4": (2048, 16384),
    "6": (4096, 24576),
    "8": (4096, 32768),
}
_LEAST_CPU, _HALF_CPU = 0.08, 0.5
_MEMORY_BELOW_HALF, _MEMORY_BELOW_ONE = (128, 512), (128, 1024)
_UNITS = {"M": 10**6, "G": 10**9, "Mi": 2**20, "Gi": 2**30}
_CONCURRENCY = 1000  # docs.cloud.google.com/run/docs/about-concurrency
_INSTANCES = 100  # ours: a blog that needs more has a bot, not readers
_PROPAGATION = 600
_REMOVE = 1_000_000
_RATE = 1_000_000  # a minute: docs.cloud.google.com/armor/docs/rate-limiting-overview
_BUDGET = 1_000_000
# An account's id has 30 characters, of which Pulumi draws 7 and `-build-` takes 7:
# docs.cloud.google.com/iam/docs/service-accounts-create
_NAME = r"[a-z]([a-z0-9-]{0,14}[a-z0-9])?"
# A key's id has 63: name, `-key-`, this, and a dash with 7 drawn characters.
# docs.cloud.google.com/api-keys/docs/reference/rest/v2/projects.locations.keys/create
_KEY = r"[a-z]([a-z0-9-]{0,28}[a-z0-9])?"
# docs.cloud.google.com/storage/docs/locations: a region, a multi-region or a pair with a name.
_REGION = r"[a-z]+-[a-z]+[1-9][0-9]?"
_PLACES = ("EU", "US", "ASIA", "EUR4", "EUR5", "EUR7", "EUR8", "NAM4", "ASIA1")
_CONTINENTS = {"EU": "europe", "US": "us", "ASIA": "asia", "NAM4": "us", "ASIA1": "asia"}
_HOST = r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_ORIGIN = rf"https?://{_HOST}(:[0-9]{{1,5}})?"


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One wrong setting: its key and value as configuration has them, why, and what to type."""

    key: str
    value: str
    why: str
    example: str
    path: str = ""

    def __str__(self) -> str:
        """Return one line."""
        name = f"--path '{self.path}'" if self.path else self.key
        type_it = f"pulumi config set {name} '{self.example}'"
        return f"{self.key} is {self.value!r}: {self.why}. Type: {type_it}"


def refuse(found: list[Mistake]) -> None:
    """Raise `pulumi.RunError` with a line for each mistake, if there is one."""
    if found:
        raise pulumi.RunError("\n".join(str(mistake) for mistake in found))


def is_given(value: pulumi.Input[str]) -> bool:
    """Tell whether a setting that may be a secret was set; an empty one stands for none."""
    return not isinstance(value, str) or bool(value)


def mistakes(name: str, args: ImageGalleryArgs) -> list[Mistake]:
    """Return everything that is wrong with a gallery's name and arguments."""
    checks = (_instance, _numbers, _places, _addresses, _keys, _texts, _belonging)
    found = [mistake for check in checks for mistake in check(args)]
    if not re.fullmatch(_NAME, name):
        why = "a gallery's name has up to 16 lower case letters, digits and dashes"
        found.append(Mistake(key="name", value=name, why=why, example="gallery"))
    return found


def _instance(args: ImageGalleryArgs) -> Iterator[Mistake]:
    fitting = _memory_range(args.cpu)
    if fitting is None:
        why = "an instance has 1, 2, 4, 6 or 8 processors, or a part of one from 0.08"
        yield Mistake(key="cpu", value=args.cpu, why=why, example="1")
        return
    size = re.fullmatch(r"(\d+)(Mi|Gi|M|G)", args.memory)
    if not size:
        why = "it should look like 512Mi or 1Gi"
        yield Mistake(key="memory", value=args.memory, why=why, example="512Mi")
    elif not fitting[0] * 2**20 <= int(size[1]) * _UNITS[size[2]] <= fitting[1] * 2**20:
        why = f"with {args.cpu} processors there are from {fitting[0]} to {fitting[1]} MiB"
        yield Mistake(key="memory", value=args.memory, why=why, example=f"{max(fitting[0], 512)}Mi")
    if float(args.cpu) < 1 and args.concurrency > 1:
        why = f"below one processor (cpu is {args.cpu}) an instance answers one request at a time"
        yield Mistake(key="concurrency", value=str(args.concurrency), why=why, example="1")


def _memory_range(cpu: str) -> tuple[int, int] | None:
    """Return the least and the most MiB of an instance; None for a number that there is not."""
    if not re.fullmatch(r"\d+(\.\d{1,3})?", cpu):
        return None
    number = float(cpu)
    if number >= 1:
        return _MEMORY.get(f"{number:g}")
    if number < _LEAST_CPU:
        return None
    return _MEMORY_BELOW_ONE if number >= _HALF_CPU else _MEMORY_BELOW_HALF


def _numbers(args: ImageGalleryArgs) -> Iterator[Mistake]:
    ranges = {
        "concurrency": (args.concurrency, 1, _CONCURRENCY),
        "maxInstances": (args.max_instances, 1, _INSTANCES),
        "minInstances": (args.min_instances, 0, _INSTANCES),
        "propagationSeconds": (args.propagation_seconds, 0, _PROPAGATION),
        "removeMany": (args.remove_many, 0, _REMOVE),
        "rateLimit": (args.rate_limit, 0, _RATE),
        "budgetAmount": (args.budget_amount, 0, _BUDGET),
    }
    for key, (value, least, most) in ranges.items():
        if not least <= value <= most:
            why = f"it is a whole number from {least} to {most}"
            yield Mistake(key=key, value=str(value), why=why, example=str(least or 1))
    if args.min_instances > args.max_instances:
        why = f"it is more than maxInstances, {args.max_instances}"
        fewer, more = str(args.max_instances), str(args.min_instances)
        yield Mistake(key="minInstances", value=more, why=why, example=fewer)


def _places(args: ImageGalleryArgs) -> Iterator[Mistake]:
    location, region = args.location, args.region
    if not re.fullmatch(_REGION, region):
        why = "it should look like europe-west1"
        yield Mistake(key="region", value=region, why=why, example="europe-west1")
    if location not in _PLACES and not re.fullmatch(_REGION.replace("a-z", "A-Z"), location):
        why = "it is EU, US, ASIA or a region in capitals, such as EUROPE-WEST1"
        yield Mistake(key="location", value=location, why=why, example="EU")
        return
    here = _CONTINENTS.get(location, "europe" if location.startswith("EUR") else "")
    there = region.partition("-")[0].replace("northamerica", "us")
    if here and there in _CONTINENTS.values() and here != there:
        why = f"the function runs in {region}, and would read every catalog across an ocean"
        example = next(place for place, where in _CONTINENTS.items() if where == there)
        yield Mistake(key="location", value=location, why=why, example=example)


def _addresses(args: ImageGalleryArgs) -> Iterator[Mistake]:
    for index, origin in enumerate(args.allowed_origins):
        if not re.fullmatch(_ORIGIN, origin):
            why = (
                "an origin is scheme and host in lower case, with neither path nor slash at its end"
            )
            path, example = f"allowedOrigins[{index}]", "https://blog.example"
            yield Mistake(key="allowedOrigins", value=origin, why=why, example=example, path=path)
    if not re.fullmatch(rf"{_ORIGIN}(/[^\s?#]*)?", args.base_url.replace("{bucket}", "bucket")):
        why = "it is an http(s) address, in which {bucket} may stand for the bucket's name"
        yield Mistake(key="baseUrl", value=args.base_url, why=why, example=BASE_URL)
    if args.home_url and not _is_page(args.home_url):
        why = "it is the http(s) address of a page"
        yield Mistake(key="homeUrl", value=args.home_url, why=why, example="https://blog.example")
    if args.domain and not re.fullmatch(rf"(?=.{{4,63}}$){_HOST}\.[a-z0-9-]+", args.domain):
        # A managed certificate takes names of up to 63 characters:
        # docs.cloud.google.com/compute/docs/reference/rest/v1/sslCertificates
        why = "it is a host name of yours in lower case, without https:// and without a path"
        example = "photos.example.com"
        yield Mistake(key="domain", value=args.domain, why=why, example=example)


def _is_page(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in address


def _keys(args: ImageGalleryArgs) -> Iterator[Mistake]:
    for index, key in enumerate(args.keys):
        if not re.fullmatch(_KEY, key):
            why = "a key's name has up to 30 lower case letters, digits and dashes"
            path = f"keys[{index}]"
            yield Mistake(key="keys", value=key, why=why, example="first", path=path)
    if not args.keys or len(set(args.keys)) < len(args.keys):
        why = "it names each key once, and at least one"
        value = ", ".join(args.keys)
        yield Mistake(key="keys", value=value, why=why, example="first", path="keys[0]")


def _texts(args: ImageGalleryArgs) -> Iterator[Mistake]:
    if not args.photos_dir.strip():
        why = "it names the folder of your photographs"
        yield Mistake(key="photosDir", value=args.photos_dir, why=why, example="photos")
    if not re.fullmatch(r"|[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", args.lang):
        why = "it is a language such as en, de or pt-BR"
        yield Mistake(key="lang", value=args.lang, why=why, example="en")
    for key, value in {"title": args.title, "description": args.description}.items():
        if re.search(r"[\x00-\x1f]", value):
            yield Mistake(key=key, value=value, why="it is one line of text", example="Photographs")
    patterns = {
        "alertEmail": (args.alert_email, r"|[^@\s]+@[^@\s]+", "you@example.org"),
        "billingAccount": (
            args.billing_account,
            r"|[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}",
            "000000-AAAAAA-111111",
        ),
    }
    for key, (text, pattern, example) in patterns.items():
        if isinstance(text, str) and not re.fullmatch(pattern, text):
            yield Mistake(
                key=key, value=text, why=f"it should look like {example}", example=example
            )


def _belonging(args: ImageGalleryArgs) -> Iterator[Mistake]:
    """Settings that mean something only beside another."""
    if args.rate_limit and not args.domain:
        why = "Google limits requests before a load balancer only, and that comes with a domain"
        value, example = str(args.rate_limit), "0"
        yield Mistake(key="rateLimit", value=value, why=why, example=example)
    if bool(args.budget_amount) != is_given(args.billing_account):
        missing, example = (
            ("billingAccount", "000000-AAAAAA-111111")
            if args.budget_amount
            else ("budgetAmount", "10")
        )
        why = "a budget needs both budgetAmount and billingAccount"
        value = "" if args.budget_amount else "0"
        yield Mistake(key=missing, value=value, why=why, example=example)
