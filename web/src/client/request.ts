import { galleryError } from "./errors.js";
import type { GallerySettings, ProblemName } from "./types.js";

export type Parameters = Record<string, string | number | undefined>;

/** No request waits longer than 8 s. */
export const timeout = () => AbortSignal.timeout(8000);

/** An address of the API; the key travels in it, for a header would cost a preflight per address. */
export function address({ apiUrl, apiKey }: GallerySettings, path: string, parameters?: Parameters): string {
  // By way of JSON, which leaves out what is undefined; what is empty is meant so.
  const given = JSON.parse(JSON.stringify({ ...parameters, key: apiKey }, (_, value) => (value === "" ? undefined : value)));
  return `${apiUrl.replace(/\/*$/, path)}?${new URLSearchParams(given)}`;
}

/** The JSON at an address; anything else is a `GalleryError`, or what `fetch` throws. */
export async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url, { signal: timeout() });
  const body = await response.json().catch(() => null);
  if (response.ok && body) return body;
  const name = `${body?.type}`.split("urn:image-gallery:")[1] ?? (response.ok ? "unreadable" : "failing");
  throw galleryError({
    name: name as ProblemName,
    detail: body?.title && `${body.title}. ${body.detail ?? ""}`,
    retryAfter: Number(response.headers.get("Retry-After")),
  });
}
