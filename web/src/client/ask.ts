import { GalleryError } from "./errors.js";
import { address, getJson, type Answer, type Parameters } from "./request.js";
import type { GallerySettings } from "./types.js";

const KEPT = 30;

export interface Asker {
  /** The answer of the API; equal questions are joined, the last 30 answers kept. */
  ask<T>(path: string, parameters?: Parameters): Promise<Answer<T>>;
  /** Whether the API failed so lately that it is to be left alone. */
  resting(): boolean;
}

/** What asks the API. After an error it rests, twice as long each time, up to a minute, or as long as the API says. */
export function createAsker(settings: GallerySettings): Asker {
  const kept = new Map<string, Promise<Answer<unknown>>>();
  let failures = 0;
  let restUntil = 0;

  async function fetchOnce<T>(url: string): Promise<Answer<T>> {
    if (settings.origins && !settings.origins.includes(location.origin)) throw new GalleryError("origin-not-allowed");
    try {
      const answer = await getJson<T>(url);
      failures = restUntil = 0;
      return answer;
    } catch (error) {
      const asked = error instanceof GalleryError ? error.retryAfter * 1000 : 0;
      const rest = Math.min(60_000, 500 * 2 ** ++failures) * (0.5 + Math.random());
      restUntil = Date.now() + Math.max(asked, rest);
      throw error;
    }
  }

  return {
    ask<T>(path: string, parameters?: Parameters) {
      const url = address(settings, path, parameters);
      let answer = kept.get(url) as Promise<Answer<T>> | undefined;
      if (!answer) {
        kept.set(url, (answer = fetchOnce<T>(url)));
        answer.catch(() => kept.delete(url));
        if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
      }
      return answer;
    },
    resting: () => Date.now() < restUntil,
  };
}
