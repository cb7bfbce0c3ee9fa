import { readCatalog } from "./catalog.js";
import { toProblem } from "./errors.js";
import { matches } from "./render.js";
import { patience } from "./request.js";
import type { Filter, GallerySettings, Photo, Settled } from "./types.js";

const EMPTY = /^(gallery-empty|no-match)$/;
const PASSING = /^(unreachable|unreadable|failing|catalog-unavailable)$/;

/** What to show instead of an answer: a photo of the public catalog, or one that was shown before. */
export type FallBack = (error: unknown, wanted: Filter & { id?: string }, shown: readonly Photo[]) => Promise<Settled>;

export function createFallBack({ catalogUrl }: GallerySettings): FallBack {
  let catalog: Promise<Photo[]> | undefined;

  return async (error, wanted, shown) => {
    const problem = toProblem(error);
    if (EMPTY.test(problem.name)) return { status: "empty", problem };
    if (!PASSING.test(problem.name) || !catalogUrl) return { status: "error", problem };
    catalog ??= readCatalog(catalogUrl, patience);
    const all = await catalog.catch(() => ((catalog = undefined), shown));
    const fitting = all.filter((photo) => (wanted.id ? wanted.id === photo.id : matches(photo, wanted)));
    const fresh = fitting.filter((photo) => !shown.some(({ id }) => id === photo.id));
    const from = fresh.length ? fresh : fitting;
    const photo = from[Math.floor(Math.random() * from.length)];
    return photo ? { status: "stale", photo, problem } : { status: "error", problem };
  };
}
