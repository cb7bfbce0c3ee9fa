// @vitest-environment happy-dom
import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { createPhotoClient } from "../src/client/client.js";
import { sayProblem } from "../src/text/problem.js";

const problems = JSON.parse(readFileSync("../tests/contract/problems.json", "utf8"));

test.each(Object.entries<{ status: number; title: string }>(problems))("%s is understood", async (name, problem) => {
  const body = { ...problem, type: `urn:image-gallery:${name}`, detail: "What to do." };
  vi.stubGlobal("fetch", async () => Response.json(body, { status: problem.status }));

  const settled = await createPhotoClient({ apiUrl: "https://api.example" }).next();

  if (!("problem" in settled)) throw new Error("a problem was expected");
  expect(settled.status).toBe(["gallery-empty", "no-match"].includes(name) ? "empty" : "error");
  expect(settled.problem.name).toBe(name);
  expect(sayProblem(settled.problem)).toBe(`${problem.title}. What to do.`);
});
