import { GalleryError } from "./errors.js";
import { render, type CatalogRecord } from "./render.js";
import type { Photo } from "./types.js";

const SPAN = 65_536;

/**
 * Photos of the public catalog, without the API: all of a small one, of a large one what stands in 64 kB at a random
 * place. Lines torn at either end are dropped.
 */
export async function readCatalog(catalogUrl: string, signal: () => AbortSignal): Promise<Photo[]> {
  let [text, total] = await readRange(catalogUrl, 0, signal());
  if (JSON.parse(text.slice(0, text.indexOf("\n"))).catalog !== 1) throw new GalleryError("unreadable");
  let from = 0;
  if (total > SPAN) {
    from = Math.floor(Math.random() * (total - SPAN));
    [text] = await readRange(catalogUrl, from, signal());
  }
  const lines = text.split("\n").slice(1, -1);
  const baseUrl = catalogUrl.slice(0, catalogUrl.lastIndexOf("/"));
  return lines.map((line) => render(JSON.parse(line) as CatalogRecord, baseUrl));
}

async function readRange(url: string, from: number, signal: AbortSignal): Promise<[text: string, total: number]> {
  const response = await fetch(url, { headers: { Range: `bytes=${from}-${from + SPAN - 1}` }, signal });
  if (!response.ok) throw new GalleryError("unreachable");
  const total = Number(response.headers.get("Content-Range")?.split("/")[1] ?? 0);
  return [await response.text(), total];
}
