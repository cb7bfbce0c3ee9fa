import { GalleryError } from "./errors.js";
import type { GallerySettings, ProblemName } from "./types.js";

export interface Answer<T> {
  body: T;
  /** Photos in the gallery, as far as the answer says. */
  count: number;
}

export type Parameters = Record<string, string | number | undefined>;

/** No question waits longer than 8 s. */
export const patience = () => AbortSignal.timeout(8000);

/** An address of the API; the key travels in it, for a header would cost a preflight per address. */
export function address({ apiUrl, apiKey }: GallerySettings, path: string, parameters: Parameters = {}): string {
  const url = new URL(apiUrl.replace(/\/*$/, path));
  for (const [name, value] of Object.entries({ ...parameters, key: apiKey })) {
    if (value !== undefined && value !== "") url.searchParams.set(name, String(value));
  }
  return url.href;
}

/** The JSON at an address; anything else is a `GalleryError`, or what `fetch` throws. */
export async function getJson<T>(url: string): Promise<Answer<T>> {
  const response = await fetch(url, { credentials: "omit", signal: patience() });
  const body = await response.json().catch(() => undefined);
  if (response.ok && body) return { body, count: Number(response.headers.get("X-Gallery-Count")) };
  throw new GalleryError(
    nameOf(body?.type, response),
    body?.detail,
    Number(response.headers.get("Retry-After")) || 0,
  );
}

function nameOf(type: unknown, response: Response): ProblemName {
  const [, name] = /^urn:image-gallery:(.+)/.exec(String(type)) ?? [];
  return (name ?? (response.ok ? "unreadable" : "failing")) as ProblemName;
}
