// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from "vitest";
import { createPhotoClient } from "../src/client/client.js";
import type { Keep } from "../src/client/store.js";
import type { Settled } from "../src/client/types.js";
import { API, coldApi, photoOf, record, stubApi } from "./stubs.js";

const settings = { apiUrl: API, apiKey: "sample-key" };
const catalogUrl = "https://gallery.example/catalog.jsonl";
const idOf = (settled: Settled) => settled.photo ? settled.photo.id : settled.problem.name;

beforeEach(() => {
  vi.unstubAllGlobals();
  sessionStorage.clear();
  localStorage.clear();
  vi.useRealTimers();
});

test("no photo comes again until all were seen, and several cards come at a time", async () => {
  const api = stubApi(60);
  const client = createPhotoClient(settings);

  const seen = new Set<string>();
  for (let turn = 0; turn < 60; turn++) seen.add(idOf(await client.next()));

  expect(seen.size).toBe(60);
  expect(api.asked.length).toBe(12);
});

test("the next page goes on where the last one stopped", async () => {
  stubApi(60);
  const seen = [await createPhotoClient(settings).next(), await createPhotoClient(settings).next()];

  expect(new Set(seen.map(idOf)).size).toBe(2);
});

test("a filter has a deck of its own", async () => {
  const api = stubApi(60);
  const client = createPhotoClient(settings);

  await client.next();
  await client.next({ album: "alps" });

  const decks = api.asked.map((url) => url.searchParams.get("deck"));
  expect(decks[0]).not.toBe(decks[1]);
  expect(api.asked[1]!.searchParams.get("album")).toBe("alps");
});

test("what is kept in the session and is not ours is no obstacle", async () => {
  stubApi(60);
  for (const value of ["", "null", "{}", '{"deck":"a","n":"x"}']) {
    sessionStorage.setItem(`random-photo ${JSON.stringify([API, {}])}`, value);
    expect((await createPhotoClient(settings).next()).status).toBe("ready");
  }
});

test("holders on one page never show the same photo, at the end of a pass either", async () => {
  stubApi(4);
  const client = createPhotoClient(settings);
  const holders = [{}, {}, {}];

  for (let round = 0; round < 8; round++) {
    const shown = await Promise.all(holders.map((holder) => client.next({}, holder)));
    expect(new Set(shown.map(idOf)).size).toBe(3);
  }
});

test("whoever shows a photo, wherever it is from, is given another", async () => {
  stubApi(4);
  const client = createPhotoClient(settings);

  expect(idOf(await client.next({}, { id: "0" }))).toBe("1");
  expect(idOf(await client.next({}, { id: "2" }))).toBe("3");
});

test("with too few photos each holder keeps its own", async () => {
  stubApi(2);
  const client = createPhotoClient(settings);
  const holders = [{}, {}];
  const shown = await Promise.all(holders.map((holder) => client.next({}, holder)));

  for (const place of [0, 1, 0, 0, 1]) {
    expect(idOf(await client.next({}, holders[place]))).toBe(idOf(shown[place]!));
  }
});

test("equal questions are asked once", async () => {
  const api = stubApi(60);
  const client = createPhotoClient(settings);

  await Promise.all([client.seeded("a post"), client.seeded("a post"), client.photo("7"), client.photo("7")]);

  expect(api.asked.length).toBe(2);
});

test("today is the visitor's own date", async () => {
  const api = stubApi(60);
  vi.useFakeTimers({ now: new Date(2026, 0, 2, 0, 30), toFake: ["Date"] });

  await createPhotoClient(settings).seeded("today");

  expect(api.asked[0]!.searchParams.get("seed")).toBe("2026-01-02");
});

test("a photo that could not be had is not lost", async () => {
  const api = stubApi(60);
  const client = createPhotoClient(settings);
  api.down = true;
  expect(idOf(await client.next())).toBe("unreachable");
  api.down = false;

  expect(idOf(await client.next())).toBe("0");
});

test("after an error photos come from the catalog, and the API rests ever longer", async () => {
  const api = stubApi(60);
  const line = (id: string) => JSON.stringify({ id, source: "stack", recipe: "v1", sizes: [[400, 300]], alt: "" });
  api.catalog = ['{"catalog": 1, "count": 3}', line("a"), line("b"), line("c"), ""].join("\n");
  api.down = true;
  vi.useFakeTimers({ toFake: ["Date"] });
  const client = createPhotoClient({ ...settings, catalogUrl });

  const seen = [await client.next(), await client.next(), await client.next()];
  expect(seen.map(({ status }) => status)).toEqual(["stale", "stale", "stale"]);
  expect(new Set(seen.map(idOf)).size).toBe(3);
  expect(api.asked.length).toBe(1);

  vi.advanceTimersByTime(2_000);
  await client.next();
  vi.advanceTimersByTime(1_000);
  await client.next();
  expect(api.asked.length).toBe(2);

  api.down = false;
  vi.advanceTimersByTime(4_000);
  expect((await client.next()).status).toBe("ready");
});

test("of a large catalog a piece at a random place is read, torn ends dropped", async () => {
  const api = stubApi(60);
  const lines = Array.from({ length: 2_000 }, (_, at) =>
    JSON.stringify({ id: `é${at}`, source: "stack", recipe: "v1", sizes: [[400, 300]], alt: "ü".repeat(40) }),
  );
  api.catalog = ['{"catalog":1,"count":2000}', ...lines, ""].join("\n");
  api.down = true;

  const seen = new Set<string>();
  for (let turn = 0; turn < 20; turn++) {
    const settled = await createPhotoClient({ ...settings, catalogUrl }).next();
    expect(settled.status).toBe("stale");
    seen.add(idOf(settled));
  }

  expect(seen.size).toBeGreaterThan(10);
  expect([...seen].every((id) => /^é\d+$/.test(id))).toBe(true);
});

test("a catalog of another version is not read", async () => {
  const api = stubApi(60);
  api.catalog = '{"catalog": 2, "count": 0}\n';
  api.down = true;

  expect((await createPhotoClient({ ...settings, catalogUrl }).next()).status).toBe("error");
});

test("an origin that may not ask asks nothing", async () => {
  const api = stubApi(60);
  vi.stubGlobal("self", { origin: "https://stranger.example" });

  const settled = await createPhotoClient({ ...settings, origins: ["https://blog.example"] }).next();

  expect(idOf(settled)).toBe("origin-not-allowed");
  expect(api.asked).toEqual([]);
});

test("a view goes out as plain text, which no browser asks permission for", async () => {
  const sent: RequestInit[] = [];
  // biome-ignore lint/complexity/noCommaOperator: records the request and answers it
  vi.stubGlobal("fetch", async (_: string, options: RequestInit) => (sent.push(options), new Response()));

  createPhotoClient(settings).sendView({ id: "7" } as never);
  await Promise.resolve().then(() => Promise.resolve());

  expect(sent).toEqual([{ method: "POST", body: '{"id":"7"}', keepalive: true, credentials: "omit" }]);
});

test("a session that keeps nothing, because it is full, is no failing gallery", async () => {
  stubApi(60);
  const full = () => {
    throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
  };
  vi.stubGlobal("sessionStorage", new Proxy({}, { set: full }));
  vi.stubGlobal("localStorage", new Proxy({}, { set: full }));
  const client = createPhotoClient({ ...settings, apiUrl: `${API}/full` });

  const seen = [await client.next(), await client.next()];

  expect(seen.map(({ status }) => status)).toEqual(["ready", "ready"]);
  expect(new Set(seen.map(idOf)).size).toBe(2);
});

test.each([
  ["an object", {}],
  ["an empty list", []],
  ["photos without addresses", [{ id: "1" }, { id: "2" }]],
  ["photos without a size", [{ ...photoOf(1), width: undefined }]],
])("JSON of another shape, %s, is an error", async (_, body) => {
  vi.stubGlobal("fetch", async () => Response.json(body));

  expect(idOf(await createPhotoClient(settings).next())).toBe("unreadable");
});

describe("an API that has not answered after 700 ms", () => {
  const lines = Array.from({ length: 9 }, (_, at) => record(`c${at}`));
  const cold = { ...settings, catalogUrl };

  test("is taken for cold: a photo of the catalog is shown, as any other", async () => {
    const api = coldApi(lines);
    const client = createPhotoClient(cold);
    const start = performance.now();

    const settled = await client.next();

    expect(settled.status).toBe("ready");
    expect(idOf(settled)).toMatch(/^c\d$/);
    expect(performance.now() - start).toBeGreaterThan(650);
    api.wake();
    expect(idOf(await client.next())).toBe("0");
  });

  test("shows each of several holders another photo", async () => {
    coldApi(lines);
    const client = createPhotoClient(cold);

    const shown = await Promise.all([{}, {}, {}, {}].map((holder) => client.next({}, holder)));

    expect(new Set(shown.map(idOf)).size).toBe(4);
  });

  test("does not keep a warm one from being shown", async () => {
    stubApi(60).catalog = ['{"catalog":1,"count":1}', record("c"), ""].join("\n");

    expect(idOf(await createPhotoClient(cold).next())).toBe("0");
  });

  test("shows a seeded or named photo that was seen before, and lets others wait", async () => {
    stubApi(60);
    const before = createPhotoClient(cold);
    const seen = [idOf(await before.seeded("a post")), idOf(await before.photo("7"))];
    const api = coldApi(lines);
    const client = createPhotoClient(cold);

    expect([idOf(await client.seeded("a post")), idOf(await client.photo("7"))]).toEqual(seen);
    const waiting = client.seeded("another post");
    const late = new Promise((resolve) => setTimeout(resolve, 900, "late"));
    expect(await Promise.race([waiting, late])).toBe("late");
    api.wake();
    expect((await waiting).status).toBe("ready");
  });

  test("has its answer kept in place of what was shown, though what was shown stays", async () => {
    stubApi(60);
    await createPhotoClient(cold).seeded("a post");
    const api = coldApi(lines, (photo) => ({ ...photo, caption: "Another caption" }));

    const shown = await createPhotoClient(cold).seeded("a post");
    expect(shown.photo?.caption).toBe("Photo 7");
    api.wake();
    expect((await shown.fresh)?.photo?.caption).toBe("Another caption");

    coldApi(lines);
    expect((await createPhotoClient(cold).seeded("a post")).photo?.caption).toBe("Another caption");
  });

  test.each(["no-such-photo", "no-match"])("ends what was kept by answering %s", async (name) => {
    stubApi(60);
    await createPhotoClient(cold).photo("7");
    const api = coldApi(lines, () => ({ type: `urn:image-gallery:${name}` }), 404);

    const shown = await createPhotoClient(cold).photo("7");
    expect(shown.status).toBe("ready");
    api.wake();
    expect((await shown.fresh)?.problem?.name).toBe(name);

    coldApi(lines);
    const late = new Promise((resolve) => setTimeout(resolve, 900, "late"));
    expect(await Promise.race([createPhotoClient(cold).photo("7"), late])).toBe("late");
  });

  test("is told of the view once it answers", async () => {
    const api = coldApi(lines);
    const client = createPhotoClient(cold);
    const settled = await client.next();
    if (!settled.photo) throw new Error("a photo was expected");

    client.sendView(settled.photo);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(api.views).toEqual([]);

    api.wake();
    await vi.waitFor(() => expect(api.views).toEqual([settled.photo.id]));
  });
});

test("a photo that was kept is shown when the API fails, and is that one", async () => {
  const api = stubApi(60);
  await createPhotoClient(settings).seeded("a post");
  api.down = true;

  const settled = await createPhotoClient(settings).seeded("a post");

  expect([settled.status, idOf(settled)]).toEqual(["stale", "7"]);
});

describe("what is kept", () => {
  const everything = () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]);

  test.each<[Keep | undefined, where: "sessionStorage" | "localStorage"]>([
    [undefined, "sessionStorage"],
    ["visit", "sessionStorage"],
    ["month", "localStorage"],
  ])("by %s is in %s alone", async (keep, where) => {
    stubApi(60);

    await createPhotoClient({ ...settings, keep }).photo("7");

    const [other] = ["sessionStorage", "localStorage"].filter((name) => name !== where);
    expect(JSON.stringify({ ...globalThis[where] })).toContain("Photo 7");
    expect(JSON.stringify({ ...globalThis[other as "localStorage"] })).not.toContain("Photo 7");
  });

  test("by none is nothing at all, the deck's place included", async () => {
    stubApi(60);
    const client = createPhotoClient({ ...settings, apiUrl: `${API}/none`, keep: "none" });

    const seen = [await client.next(), await client.next(), await client.photo("7")];

    expect(seen.map(idOf)).toEqual(["0", "1", "7"]);
    expect(everything()).toBe("[{},{}]");
  });

  test("for a month ends after thirty days", async () => {
    const api = stubApi(60);
    const monthly = { ...settings, keep: "month" } as const;
    vi.useFakeTimers({ toFake: ["Date"], now: new Date(2026, 0, 1) });
    await createPhotoClient(monthly).photo("7");
    api.down = true;

    vi.setSystemTime(new Date(2026, 0, 30));
    expect((await createPhotoClient(monthly).photo("7")).status).toBe("stale");
    vi.setSystemTime(new Date(2026, 0, 32));
    expect((await createPhotoClient(monthly).photo("7")).status).toBe("error");
    expect(localStorage.length).toBe(0);
  });
});

test("a page without an origin shows the catalog, and nothing is wrong", async () => {
  const api = stubApi(60);
  api.catalog = ['{"catalog":1,"count":1}', record("c"), ""].join("\n");
  vi.stubGlobal("self", { origin: "null" });

  const settled = await createPhotoClient({ ...settings, catalogUrl, origins: ["https://blog.example"] }).next();

  expect([settled.status, idOf(settled)]).toEqual(["ready", "c"]);
  expect(api.asked).toEqual([]);
});
