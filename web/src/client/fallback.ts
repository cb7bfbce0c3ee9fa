import { readCatalog } from "./catalog.js";
import { toProblem } from "./errors.js";
import { matches } from "./render.js";
import type { Filter, GallerySettings, Photo, Settled } from "./types.js";

/** What to show instead of an answer: a photo of the public catalog, or one that was shown before. */
export type FallBack = (error: unknown, wanted: Filter & { id?: string }, shown: readonly Photo[]) => Promise<Settled>;

export function createFallBack({ catalogUrl }: GallerySettings): FallBack {
  let catalog: Promise<Photo[]> | undefined;

  return async (error, wanted, shown) => {
    const problem = toProblem(error);
    if (/^(un.+able$|fail|catalog)/.test(problem.name)) {
      if (catalogUrl) catalog ??= readCatalog(catalogUrl);
      const all = (await catalog?.catch(() => (catalog = undefined))) ?? shown;
      const fitting = all.filter((photo) => matches(photo, wanted));
      const photo = pick(fitting.filter(({ id }) => !shown.some((other) => other.id === id))) ?? pick(fitting);
      if (photo) return { status: "stale", photo, problem };
    }
    return { status: /-(empty|match)$/.test(problem.name) ? "empty" : "error", problem };
  };
}

function pick<T>(choices: T[]): T | undefined {
  return choices[Math.floor(Math.random() * choices.length)];
}
