import type { GallerySettings } from "../client/types.js";

export interface PageSettings extends GallerySettings {
  /** The language of captions and dates. */
  lang?: string;
}

/** `config.json` as the stack writes it beside this page; no address of an API where it is missing. */
export async function readSettings(): Promise<PageSettings> {
  try {
    const settings = (await (await fetch("config.json")).json()) as Partial<PageSettings>;
    return { ...settings, apiUrl: settings.apiUrl ?? "" };
  } catch {
    return { apiUrl: "" };
  }
}
