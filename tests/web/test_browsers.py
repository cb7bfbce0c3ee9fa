"""What matters most, in Firefox and WebKit too: page, Back, embed, a strict policy."""

import pytest

from image_gallery.published import embed_html, security_policy
from tests.web.gallery import ODD

pytestmark = pytest.mark.deep
SHOWN = (
    """document.querySelector('.layer:not([data-leaving]) [data-image="shown"] img')?.currentSrc"""
)
ROOT = "document.querySelector('random-photo').shadowRoot"
EMBEDDED = f"""{ROOT}?.querySelector('[data-image="shown"] img')?.currentSrc"""


def test_the_page_shows_a_photo_and_back_leads_to_it(gallery, driver):
    driver.go(gallery.page_url)
    first = driver.wait(SHOWN)

    driver.click(".actions > .next")
    second = driver.wait(f"{SHOWN} !== {first!r} && {SHOWN}")
    driver.back()

    assert driver.wait(f"{SHOWN} === {first!r}")
    assert second != first
    assert driver.run("return document.querySelector('time').textContent") == "August 2017"


def test_the_overview_opens_a_photo_large(gallery, driver):
    driver.go(f"{gallery.page_url}#/all")
    driver.run("location.reload()")
    driver.wait("document.querySelector('.row > a > img[data-shown]') !== null")

    driver.click(".row > a")

    driver.wait("""document.querySelector('dialog[open] [data-image="shown"]') !== null""")
    assert "#/large/" in driver.run("return location.href")


def test_the_embed_shows_a_photo_under_the_stack_s_policy(gallery, blog, driver):
    line = security_policy(gallery.base_url, gallery.config["apiUrl"])
    policy = f"default-src 'none'; style-src 'unsafe-inline'; {line}"
    html = embed_html(gallery.base_url)
    driver.go(blog.publish("/strict", html, **{"Content-Security-Policy": policy}))

    driver.wait(EMBEDDED)

    assert driver.run(f"return getComputedStyle({ROOT}.querySelector('figure')).margin") == "0px"


def test_room_is_kept_for_the_embed(gallery, blog, driver):
    """What is below the element is about where it will be: two lines at most are between."""
    style, element, script = embed_html(gallery.base_url).splitlines()
    html = f"{style}{element}<p>below</p>{script}"
    late = html.replace("<script", "<template").replace("</script>", "</template>")
    tops = []
    for path, body in (("/early", late), ("/late", html)):
        driver.go(blog.publish(path, body))
        if path == "/late":
            driver.wait(EMBEDDED)
        tops.append(
            driver.run(
                "return document.querySelector('random-photo + p').getBoundingClientRect().top"
            )
        )

    assert tops[0] == pytest.approx(tops[1], abs=45)


def test_odd_captions_are_shown_as_text(gallery, blog, driver):
    html = '<random-photo album="odd" loading="eager"></random-photo>' * 5 + gallery.embed
    driver.go(blog.publish("/odd", html))
    every = "[...document.querySelectorAll('random-photo')].map(e => e.shadowRoot)"
    driver.wait(f"{every}.every(r => r?.querySelector('[data-image=shown]'))")

    captions = driver.run(
        f"return {every}.map(r => r.querySelector('[part=caption]')?.textContent)"
    )

    assert sorted(filter(None, captions)) == sorted(filter(None, ODD.values()))
