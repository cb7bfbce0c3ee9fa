import type { GallerySettings } from "../client/types.js";

export interface PageSettings extends GallerySettings {
  /** The language of the page; without one, the visitor's. */
  lang?: string;
  /** What the gallery is called, and a sentence about it. */
  title?: string;
  description?: string;
  /** Where its owner's site is. */
  homeUrl?: string;
}

/** The configuration that the stack writes into this page; no address of an API where it is missing. */
export function readSettings(): PageSettings {
  try {
    const settings = JSON.parse(document.getElementById("gallery")!.textContent!) as Partial<PageSettings>;
    // The gallery's own page may keep what it has shown for a month.
    return { keep: "month", ...settings, apiUrl: settings.apiUrl ?? "" };
  } catch {
    return { apiUrl: "" };
  }
}
