// @vitest-environment happy-dom
import { readFileSync } from "node:fs";
import { beforeEach, expect, test, vi } from "vitest";
import { PROBLEMS, type Kind } from "../src/client/problems.js";
import { createPhotoClient } from "../src/client/client.js";
import { reportProblem } from "../src/react/console.js";
import { nameOf, sayProblem, sayState } from "../src/text/problem.js";
import { ENGLISH, type Strings } from "../src/text/strings.js";
import { photoOf } from "./stubs.js";

const problems = JSON.parse(readFileSync("../tests/contract/problems.json", "utf8"));
beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});

test.each(Object.entries<{ status: number; title: string }>(problems))("%s is understood", async (name, problem) => {
  const body = { ...problem, type: `urn:image-gallery:${name}`, detail: "GET / wants a key; run pulumi up." };
  vi.stubGlobal("fetch", async () => Response.json(body, { status: problem.status }));

  const settled = await createPhotoClient({ apiUrl: "https://api.example" }).next();

  if (!settled.problem) throw new Error("a problem was expected");
  expect(settled.problem).toMatchObject({ name, detail: body.detail });
  const nothing = ["gallery-empty", "no-match", "no-such-photo"].includes(name);
  expect(settled.status).toBe(nothing ? "empty" : "error");
  // What the API says to the owner is no word for a visitor.
  expect(sayProblem(settled.problem, ENGLISH)).toBe(nothing ? ENGLISH[name as keyof Strings] : ENGLISH.unreachable);
});

test.each<[status: number, kind: Kind]>([
  [400, "owner"],
  [401, "owner"],
  [404, "owner"],
  [429, "busy"],
  [500, "outage"],
  [502, "outage"],
  [200, "outage"],
])("a response of status %i that is none of the API's is of the kind %s", async (status, kind) => {
  vi.stubGlobal("fetch", async () => new Response("<h1>Something</h1>", { status }));

  const settled = await createPhotoClient({ apiUrl: "https://api.example" }).next();

  expect(settled.problem && PROBLEMS[settled.problem.name].kind).toBe(kind);
});

test.each(["unauthorized", "bad-request", "no-such-photo"])("after %s the API is asked again, for it is there", async (name) => {
  let asked = 0;
  vi.stubGlobal("fetch", async (url: string) => {
    if (url.includes("catalog")) return new Response("", { status: 404 });
    asked++;
    return Response.json({ type: `urn:image-gallery:${name}` }, { status: problems[name].status });
  });
  const client = createPhotoClient({ apiUrl: "https://api.example", catalogUrl: "https://g.example/catalog.jsonl" });

  await client.photo("1");
  await client.photo("2");

  expect(asked).toBe(2);
});

test("the owner is told once, for all photos of a page", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);

  for (let photo = 0; photo < 3; photo++) reportProblem({ name: "origin-not-allowed" });
  reportProblem({ name: "unreachable" });

  expect(warn).toHaveBeenCalledOnce();
  expect(warn.mock.calls[0]![0]).toContain(`${self.origin}`);
});

test("a photo is announced by its caption, its alt text, its album and date, or as a new one", () => {
  const { caption: _caption, alt: _alt, ...bare } = photoOf(1);
  const say = (words: object) => sayState({ status: "ready", photo: { ...bare, ...words } }, ENGLISH, "en");

  expect(say({ caption: "A dog", alt: "A brown dog" })).toBe("New photo: A dog");
  expect(say({ alt: "A brown dog" })).toBe("New photo: A brown dog");
  expect(say({ album: "at-home", date: "2017-08" })).toBe("New photo: At home, August 2017");
  expect(say({})).toBe("New photo");
  expect(nameOf({ ...bare, caption: "", alt: "" }, "en")).toBe("");
});
