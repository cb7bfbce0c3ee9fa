// @vitest-environment happy-dom
import { readFileSync } from "node:fs";
import { act, StrictMode, type ReactNode } from "react";
import { createRoot, hydrateRoot, type Root } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RandomPhoto } from "../src/react/RandomPhoto.js";
import { toSlide } from "../src/react/slide.js";
import type { RandomPhotoHandle } from "../src/react/useRandomPhoto.js";
import { translate } from "../src/text/languages.js";
import { ENGLISH } from "../src/text/strings.js";
import { API, photoOf, record, stubApi } from "./stubs.js";

let complaints: unknown[];
const roots: Root[] = [];

/** All that is observed is on screen. */
class NearObserver {
  constructor(private readonly tell: IntersectionObserverCallback) {}
  observe = () => this.tell([{ isIntersecting: true } as IntersectionObserverEntry], this as never);
  disconnect() {}
}

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  document.body.innerHTML = "<main></main>";
  complaints = [];
  vi.spyOn(console, "error").mockImplementation((...words) => void complaints.push(words));
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  vi.stubGlobal("IntersectionObserver", NearObserver);
  vi.stubGlobal("ResizeObserver", class { observe() {} disconnect() {} });
  HTMLImageElement.prototype.decode = () => Promise.resolve();
});

const unmount = () =>
  act(async () => {
    for (const root of roots.splice(0)) root.unmount();
  });

// What stays would count its view during another test.
afterEach(unmount);

async function draw(node: ReactNode) {
  const main = document.querySelector("main")!;
  const root = createRoot(main);
  roots.push(root);
  await act(async () => root.render(node));
  await act(async () => new Promise((resolve) => setTimeout(resolve, 20)));
  return main;
}

// Each test has an API of its own, for clients are shared by address.
let number = 0;
const apiUrl = () => `${API}/${++number}`;

test("a photo is drawn with its words, and nothing is complained about", async () => {
  stubApi(60);

  const main = await draw(<RandomPhoto apiUrl={apiUrl()} />);

  expect(main.querySelector("img")!.getAttribute("src")).toBe(photoOf(0).src);
  expect(main.querySelector("[part=caption]")!.textContent).toBe("Photo 0");
  expect(complaints).toEqual([]);
});

test("StrictMode takes one card, as any other", async () => {
  const api = stubApi(60);

  const main = await draw(<StrictMode><RandomPhoto apiUrl={apiUrl()} /></StrictMode>);

  expect(main.querySelector("[part=caption]")!.textContent).toBe("Photo 0");
  expect(api.asked.filter((url) => url.searchParams.get("n") === "0").length).toBe(1);
  expect(complaints).toEqual([]);
});

test("the button shows another photo, and says so", async () => {
  stubApi(60);
  const main = await draw(<RandomPhoto apiUrl={apiUrl()} />);

  await act(async () => main.querySelector("button")!.click());
  await act(async () => new Promise((resolve) => setTimeout(resolve, 20)));

  expect(main.querySelector("[part=caption]")!.textContent).toBe("Photo 1");
  expect(main.querySelector("[role=status]")!.textContent).toBe("New photo: Photo 1");
});

test("clicks while a photo is on its way ask for no other", async () => {
  stubApi(60);
  const main = await draw(<RandomPhoto apiUrl={apiUrl()} />);

  await act(async () => {
    for (let click = 0; click < 9; click++) main.querySelector("button")!.click();
    await new Promise((resolve) => setTimeout(resolve, 20));
  });

  expect(main.querySelector("[part=caption]")!.textContent).toBe("Photo 1");
});

test("the only photo of a gallery stays", async () => {
  stubApi(1);
  const main = await draw(<RandomPhoto apiUrl={apiUrl()} />);

  for (let click = 0; click < 7; click++) {
    await act(async () => main.querySelector("button")!.click());
    await act(async () => new Promise((resolve) => setTimeout(resolve, 20)));
  }

  expect(main.querySelectorAll("[part=layer]:not([data-leaving])").length).toBe(1);
});

test("a photo of the server is in its HTML, and hydrates without asking", async () => {
  const api = stubApi(60);
  const node = <RandomPhoto apiUrl={apiUrl()} initialPhoto={photoOf(3)} />;
  const main = document.querySelector("main")!;
  main.innerHTML = renderToString(node);
  expect(main.querySelector("img")!.getAttribute("src")).toBe(photoOf(3).src);

  await act(async () => roots.push(hydrateRoot(main, node)));

  expect(main.querySelector("[part=caption]")!.textContent).toBe("Photo 3");
  expect(api.asked.filter((url) => url.searchParams.get("n") !== "0")).toEqual([]);
  expect(complaints).toEqual([]);
});

test("an address that is missing is said to the owner, and to nobody else", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);

  const main = await draw(<RandomPhoto apiUrl="" />);

  expect(main.querySelector("[part=message]")!.textContent).toBe(ENGLISH.unreachable);
  expect(warn.mock.calls.flat().join()).toContain("apiUrl is missing");
});

test("a photo from elsewhere than the API is shown without a word of that", async () => {
  const api = stubApi(60);
  api.down = true;
  api.catalog = ['{"catalog":1,"count":1}', record("c"), ""].join("\n");

  const main = await draw(<RandomPhoto apiUrl={apiUrl()} catalogUrl="https://gallery.example/catalog.jsonl" />);

  expect(main.querySelector("figure")!.dataset["status"]).toBe("stale");
  expect(main.querySelector("[part=note]")).toBeNull();
  expect(main.querySelector("button")!.textContent).toBe(ENGLISH.another);
});

test("where a photo is gone, the button says another one", async () => {
  vi.stubGlobal("fetch", async () => Response.json({ type: "urn:image-gallery:no-such-photo" }, { status: 404 }));

  const main = await draw(<RandomPhoto apiUrl={apiUrl()} photo="0123456789abcdef" />);

  expect(main.querySelector("[part=message]")!.textContent).toBe(ENGLISH["no-such-photo"]);
  expect(main.querySelector("button")!.textContent).toBe(ENGLISH.another);
});

test("alt text is left out where the caption says the same", async () => {
  const said = { ...photoOf(1), caption: "A dog", alt: "A dog" };
  const described = { ...photoOf(2), caption: "A dog", alt: "A brown dog asleep" };

  expect(renderToString(<RandomPhoto apiUrl={API} initialPhoto={said} />)).toContain('alt=""');
  expect(renderToString(<RandomPhoto apiUrl={API} initialPhoto={described} />)).toContain('alt="A brown dog asleep"');
});

test("markup in a caption is text, and 5,000 characters stay whole", () => {
  const markup = renderToString(<RandomPhoto apiUrl={API} initialPhoto={{ ...photoOf(1), caption: "<b>bold</b>" }} />);
  const long = renderToString(<RandomPhoto apiUrl={API} initialPhoto={{ ...photoOf(1), caption: "é".repeat(5_000) }} />);

  expect(markup).toContain("&lt;b&gt;bold&lt;/b&gt;");
  expect(long).toContain("é".repeat(5_000));
});

test("a slide has title and description, where there are any", () => {
  const { caption: _caption, ...bare } = photoOf(1);

  expect(toSlide({ ...photoOf(1), credit: "Somebody" })).toMatchObject({ title: "Photo 1", description: "Somebody" });
  expect(toSlide(bare)).not.toHaveProperty("title");
});

test("what the server has drawn is seen without script: nothing hides it", () => {
  const html = renderToString(<RandomPhoto apiUrl={API} initialPhoto={photoOf(3)} sizes="640px" lang="de" />);
  const style = readFileSync("src/react/style.css", "utf8");

  expect(html).toContain('sizes="640px"');
  expect(html).not.toContain("data-image=");
  // Only an image that the script has found to be loading, or broken, is hidden.
  const hidden = [...style.matchAll(/([^{}]+)\{[^}]*opacity: 0;/g)].map(([, selector]) => selector!.trim());
  const images = hidden.filter((selector) => selector.endsWith("img"));
  expect(images.length).toBe(1);
  expect(images[0]).toMatch(/:is\(\[data-image="loading"\], \[data-image="broken"\]\) > img$/);
});

test.each(["en", "ja", undefined])("a server of another locale than the browser's gives no hydration error (%s)", async (lang) => {
  stubApi(60);
  document.documentElement.lang = "fr";
  const photo = { ...photoOf(3), date: "1999-12-31", credit: "Somebody", license: "CC-BY-4.0" };
  const node = <RandomPhoto apiUrl={apiUrl()} initialPhoto={photo} lang={lang} />;
  const main = document.querySelector("main")!;
  // As a server with other data on dates would say it.
  main.innerHTML = renderToString(node).replace(/(<time[^>]*>)[^<]*/, "$131/12/99");

  await act(async () => roots.push(hydrateRoot(main, node)));

  expect(complaints).toEqual([]);
  document.documentElement.lang = "";
});

test("the page's language is taken once it is there, and words by `strings`", async () => {
  stubApi(60);
  document.documentElement.lang = "de";

  const main = await draw(
    <RandomPhoto apiUrl={apiUrl()} initialPhoto={{ ...photoOf(3), date: "2017-03" }} strings={translate("de")} />,
  );

  expect(main.querySelector("time")!.textContent).toBe("März 2017");
  expect(main.querySelector("button")!.textContent).toBe("Ein anderes Foto");
  document.documentElement.lang = "";
});

test.each([[{}], [[]], [[{ id: 1 }]], ["text"], [null]])("JSON of another shape, %j, is an error state and no blank page", async (body) => {
  vi.stubGlobal("fetch", async () => Response.json(body));
  const problems: string[] = [];

  const main = await draw(<RandomPhoto apiUrl={apiUrl()} onError={({ name }) => problems.push(name)} />);

  expect(main.querySelector("figure")!.dataset["status"]).toBe("error");
  expect(main.querySelector("[part=message]")!.textContent).toBe(ENGLISH.unreachable);
  expect(problems).toEqual(["unreadable"]);
});

test("a photo is told of, and `next` can be called from outside", async () => {
  stubApi(60);
  const shown: string[] = [];
  const handle: { current: RandomPhotoHandle | null } = { current: null };
  await draw(<RandomPhoto apiUrl={apiUrl()} handle={handle} onPhoto={({ id }) => shown.push(id)} />);

  await act(async () => handle.current!.next());
  await act(async () => new Promise((resolve) => setTimeout(resolve, 20)));

  expect(shown).toEqual(["0", "1"]);
});

test("where what had the focus goes with its photo, the button gets it", async () => {
  const api = stubApi(60);
  const handle: { current: RandomPhotoHandle | null } = { current: null };
  const photo = { ...photoOf(9), license: "CC-BY-4.0" };
  const main = await draw(<RandomPhoto apiUrl={apiUrl()} initialPhoto={photo} handle={handle} />);
  main.querySelector<HTMLElement>("a[rel=license]")!.focus();

  await act(async () => handle.current!.next());
  await act(async () => new Promise((resolve) => setTimeout(resolve, 20)));

  expect(api.asked.length).toBeGreaterThan(0);
  expect(main.querySelector("a[rel=license]")).toBeNull();
  expect(document.activeElement).toBe(main.querySelector("button"));
});

test("nothing is asked before the element is near", async () => {
  const api = stubApi(60);
  vi.stubGlobal("IntersectionObserver", class { observe() {} disconnect() {} });
  const url = apiUrl();
  const asked = () => api.asked.filter(({ href }) => href.startsWith(`${url}/`));

  await draw(<RandomPhoto apiUrl={url} />);
  expect(asked()).toEqual([]);

  await unmount();
  await draw(<RandomPhoto apiUrl={url} loading="eager" />);
  expect(asked().length).toBeGreaterThan(0);
});
