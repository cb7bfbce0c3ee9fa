import { galleryError, toProblem } from "./errors.js";
import { address, getJson, type Parameters } from "./request.js";
import type { GallerySettings } from "./types.js";

const KEPT = 30;

export interface Asker {
  /** The answer of the API; equal questions are joined, the last 30 answers kept. */
  ask<T>(path: string, parameters?: Parameters): Promise<T>;
  /** Whether the API failed so lately that it is left alone. */
  resting(): boolean;
}

/**
 * What asks the API. After an error it rests, twice as long each time, up to a minute, or as long as the API says; where
 * there is a catalog to turn to meanwhile, nothing is asked of it.
 */
export function createAsker(settings: GallerySettings): Asker {
  const { origins, catalogUrl } = settings;
  const kept = new Map<string, Promise<unknown>>();
  const resting = () => Date.now() < restUntil;
  let rest = 0;
  let restUntil = 0;

  async function fetchOnce(url: string): Promise<unknown> {
    if (origins && !origins.includes(location.origin)) throw galleryError({ name: "origin-not-allowed" });
    if (catalogUrl && resting()) throw galleryError({ name: "failing" });
    try {
      const answer = await getJson(url);
      rest = restUntil = 0;
      return answer;
    } catch (error) {
      rest = Math.min(60, rest * 2 || 1);
      const seconds = Math.max(rest, toProblem(error).retryAfter ?? 0);
      restUntil = Date.now() + seconds * 1000 * (1 + Math.random());
      throw error;
    }
  }

  return {
    resting,
    ask<T>(path: string, parameters?: Parameters) {
      const url = address(settings, path, parameters);
      const answer = kept.get(url) ?? fetchOnce(url);
      kept.set(url, answer);
      answer.catch(() => kept.delete(url));
      if (kept.size > KEPT) kept.delete([...kept.keys()][0]!);
      return answer as Promise<T>;
    },
  };
}
