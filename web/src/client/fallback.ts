import { readCatalog, type Excerpt } from "./catalog.js";
import { toProblem } from "./errors.js";
import { PROBLEMS } from "./problems.js";
import { matches } from "./render.js";
import type { Filter, GallerySettings, Photo, Settled } from "./types.js";

export type Wanted = Filter & { id?: string };

export interface Fallback {
  /** Photos of the public catalog, read once; nothing where it cannot be read. */
  catalog(): Promise<Excerpt | undefined>;
  /** What to show instead of an answer: a photo of the catalog, or one that was seen before. */
  after(error: unknown, wanted: Wanted, seen: readonly Photo[]): Promise<Settled>;
}

export function createFallback({ catalogUrl }: GallerySettings): Fallback {
  let reading: Promise<Excerpt> | undefined;

  async function catalog(): Promise<Excerpt | undefined> {
    if (catalogUrl) reading ??= readCatalog(catalogUrl);
    return reading?.catch(() => (reading = undefined));
  }

  return {
    catalog,
    async after(error, wanted, seen) {
      const problem = toProblem(error);
      const { kind } = PROBLEMS[problem.name];
      if (kind === "nothing") return { status: "empty", problem };
      const photo = choose((await catalog())?.photos ?? seen, wanted, seen);
      if (!photo) return { status: "error", problem };
      return kind === "preview" ? { status: "ready", photo } : { status: "stale", photo, problem };
    },
  };
}

/** One of these photos at random that was not seen before; where all were, the one that was seen longest ago. */
export function choose(photos: readonly Photo[], wanted: Wanted, seen: readonly Photo[]): Photo | undefined {
  const ids = seen.map(({ id }) => id);
  const rank = (photo: Photo) => ({ photo, place: ids.lastIndexOf(photo.id) + Math.random() });
  const ranked = photos.filter((photo) => matches(photo, wanted)).map(rank);
  return ranked.sort((a, b) => a.place - b.place)[0]?.photo;
}
