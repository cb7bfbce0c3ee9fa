import { vi } from "vitest";
import type { Photo } from "../src/client/types.js";

export const API = "https://api.example";

/** A photo of this number. */
export function photoOf(number: number): Photo {
  const rendition = { src: `https://gallery.example/${number}.webp`, width: 600, height: 400 };
  return { id: String(number), ...rendition, srcSet: [rendition], alt: `Photo ${number}`, caption: `Photo ${number}` };
}

/** An API of so many photos, dealt in order; every request it gets is in `asked`, while `down` it fails. */
export function stubApi(size: number) {
  const api = { asked: [] as URL[], down: false, catalog: "" };
  vi.stubGlobal("fetch", async (address: string, options: RequestInit = {}) => {
    const url = new URL(address);
    if (url.pathname === "/catalog.jsonl") return answerRange(api.catalog, options);
    api.asked.push(url);
    if (api.down) throw new TypeError("Failed to fetch");
    const { n, count } = Object.fromEntries(url.searchParams);
    const dealt = Array.from({ length: Number(count) }, (_, at) => photoOf((Number(n) + at) % size));
    return Response.json(url.searchParams.has("deck") ? dealt : photoOf(7));
  });
  return api;
}

/**
 * An API that answers nothing until it wakes, then what `change` makes of each photo; beside the catalog of these records,
 * and the views that it counted.
 */
export function coldApi(records: string[], change = (photo: object): object => photo, status = 200) {
  const catalog = [`{"catalog":1,"count":${records.length}}`, ...records, ""].join("\n");
  const warm = stubApi(60);
  const answer = globalThis.fetch;
  const views: string[] = [];
  let wake = () => {};
  const awake = new Promise<void>((resolve) => (wake = resolve));
  vi.stubGlobal("fetch", async (address: string, options: RequestInit = {}) => {
    if (options.method === "POST") views.push(JSON.parse(options.body as string).id);
    else if (!address.includes("catalog.jsonl")) await awake;
    if (options.method === "POST") return new Response();
    const answered = await answer(address, options);
    if (address.includes("catalog.jsonl") || address.includes("deck=")) return answered;
    return Response.json(change(await answered.json()), { status });
  });
  warm.catalog = catalog;
  return { wake, views };
}

/** A line of the catalog. */
export function record(id: string): string {
  return JSON.stringify({ id, source: "stack", recipe: "v2", sizes: [[400, 300]], jpeg: [400, 300], alt: "" });
}

function answerRange(catalog: string, { headers }: RequestInit): Response {
  const bytes = new TextEncoder().encode(catalog);
  const [, from, to] = /bytes=(\d+)-(\d+)/.exec((headers as Record<string, string>)["Range"]!)!;
  const range = `bytes ${from}-${to}/${bytes.length}`;
  return new Response(bytes.slice(Number(from), Number(to) + 1), { status: 206, headers: { "Content-Range": range } });
}
