import { galleryError } from "./errors.js";
import { render, type CatalogRecord } from "./render.js";
import { timeout } from "./request.js";
import type { Photo } from "./types.js";

const SPAN = 65_536;

/** Photos of the catalog; whether these are all. */
export interface Excerpt {
  photos: Photo[];
  whole: boolean;
}

/**
 * Photos of the public catalog, without the API: all of a small one, of a large one what is in 64 kB at a random
 * place. Lines torn at either end are dropped, as is the head.
 */
export async function readCatalog(catalogUrl: string, from = 0): Promise<Excerpt> {
  const Range = `bytes=${from}-${from + SPAN - 1}`;
  const response = await fetch(catalogUrl, { headers: { Range }, signal: timeout() });
  const text = await response.text();
  if (!response.ok || (!from && !/^{"catalog": ?1\b/.test(text))) throw galleryError({ name: "unreadable" });
  const total = Number(/\d+$/.exec(`${response.headers.get("Content-Range")}`));
  if (!from && total > SPAN) return readCatalog(catalogUrl, Math.ceil(Math.random() * (total - SPAN)));
  const baseUrl = catalogUrl.replace(/\/[^/]*$/, "");
  const lines = text.split("\n").slice(1, -1);
  return { photos: lines.map((line) => render(JSON.parse(line) as CatalogRecord, baseUrl)), whole: !from };
}
