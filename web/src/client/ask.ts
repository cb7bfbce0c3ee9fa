import { galleryError, toProblem } from "./errors.js";
import { PROBLEMS } from "./problems.js";
import { address, getJson, type Parameters } from "./request.js";
import type { GallerySettings, Photo, Problem } from "./types.js";

const KEPT = 30;

/** Whether a response has the shape that is needed. */
// biome-ignore lint/suspicious/noExplicitAny: it is JSON of anyone's
export type Shape = (body: any) => unknown; // any: it is JSON of anyone's

export const isPhoto: Shape = (body) => body?.id && body.srcSet?.[0]?.src && body.width && body.height;
export const arePhotos: Shape = (body) => Array.isArray(body) && body.length && (body as Photo[]).every(isPhoto);

export interface Asker {
  /** The response of the API, if it has this shape; equal requests are joined, the last 30 responses kept. */
  ask<T>(path: string, parameters: Parameters, shape: Shape): Promise<T>;
  /** Whether the API failed so lately that it is left alone. */
  resting(): boolean;
  /** Settles once the API has answered what was last asked of it. */
  awake(): Promise<unknown>;
}

/**
 * What asks the API. After an outage it rests, twice as long each time, up to a minute, or as long as the API says; where
 * there is a catalog to turn to meanwhile, nothing is asked of it. An answer, if only that there is no such photo, is no
 * outage.
 */
export function createAsker(settings: GallerySettings): Asker {
  const { origins, catalogUrl } = settings;
  const kept = new Map<string, Promise<unknown>>();
  const resting = () => Date.now() < restUntil;
  let rest = 0;
  let restUntil = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function fetchOnce(url: string, shape: Shape): Promise<unknown> {
    // `self.origin`, not that of the location: it is "null" in a sandbox and on file://.
    if (origins && !origins.includes(self.origin)) {
      throw galleryError({ name: self.origin === "null" ? "no-origin" : "origin-not-allowed" });
    }
    if (catalogUrl && resting()) throw galleryError({ name: "failing" });
    try {
      const answer = await getJson(url);
      if (!shape(answer)) throw galleryError({ name: "unreadable" });
      rest = restUntil = 0;
      return answer;
    } catch (error) {
      restAfter(toProblem(error));
      throw error;
    }
  }

  function restAfter({ name, retryAfter = 0 }: Problem): void {
    const { kind } = PROBLEMS[name];
    if (kind !== "busy" && kind !== "outage") return;
    rest = Math.min(60, rest * 2 || 1);
    restUntil = Date.now() + Math.max(rest, retryAfter) * 1000 * (1 + Math.random());
  }

  return {
    resting,
    awake: () => last.catch(() => undefined),
    ask<T>(path: string, parameters: Parameters, shape: Shape) {
      const url = address(settings, path, parameters);
      const answer = kept.get(url) ?? (last = fetchOnce(url, shape));
      kept.set(url, answer);
      answer.catch(() => kept.delete(url));
      if (kept.size > KEPT) kept.delete([...kept.keys()][0]!);
      return answer as Promise<T>;
    },
  };
}
