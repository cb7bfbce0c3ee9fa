// @vitest-environment happy-dom
import { readFileSync } from "node:fs";
import { beforeEach, expect, test, vi } from "vitest";
import { createPhotoClient } from "../src/client/client.js";
import { nameOf, sayProblem, sayState } from "../src/text/problem.js";
import { ENGLISH } from "../src/text/strings.js";
import { photoOf } from "./stubs.js";

const problems = JSON.parse(readFileSync("../tests/contract/problems.json", "utf8"));
// Only these can be mended by whoever reads them: the owner, on their own page.
const OWNERS = ["unauthorized", "key-not-configured"];

beforeEach(() => localStorage.clear());

test.each(Object.entries<{ status: number; title: string }>(problems))("%s is understood", async (name, problem) => {
  const body = { ...problem, type: `urn:image-gallery:${name}`, detail: "GET / wants a key; run pulumi up." };
  vi.stubGlobal("fetch", async () => Response.json(body, { status: problem.status }));

  const settled = await createPhotoClient({ apiUrl: "https://api.example" }).next();

  if (!settled.problem) throw new Error("a problem was expected");
  expect(settled.status).toBe(["gallery-empty", "no-match"].includes(name) ? "empty" : "error");
  expect(settled.problem.name).toBe(name);
  const said = sayProblem(settled.problem, ENGLISH);
  if (OWNERS.includes(name)) expect(said).toBe(body.detail);
  else expect(Object.values(ENGLISH)).toContain(said);
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
