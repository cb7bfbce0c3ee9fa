import { galleryError } from "./errors.js";
import { problemOf } from "./problems.js";
import type { GallerySettings } from "./types.js";

export type Parameters = Record<string, string | number | undefined>;

export const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** No request waits longer than 8 s. */
export const timeout = () => AbortSignal.timeout(8000);

/** An address of the API; the key travels in it, for a header would cost a preflight per address. */
export function address({ apiUrl, apiKey }: GallerySettings, path: string, parameters?: Parameters): string {
  const given = Object.entries<Parameters[string]>({ ...parameters, key: apiKey }).filter(([, value]) => value || value === 0);
  return `${apiUrl.replace(/\/*$/, path)}?${new URLSearchParams(given as string[][])}`;
}

/** The JSON at an address; anything else is a `GalleryError`, or what `fetch` throws. */
export async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url, { signal: timeout() });
  const body = await response.json().catch(() => null);
  if (response.ok && body) return body;
  throw galleryError({
    name: problemOf(response.status, body?.type),
    detail: body?.detail,
    retryAfter: Number(response.headers.get("Retry-After")),
  });
}
