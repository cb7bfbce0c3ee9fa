import type { GallerySettings } from "../client/types.js";

export interface PageSettings extends GallerySettings {
  /** The language of captions and dates. */
  lang?: string;
}

/** `config.json` as the stack writes it beside this page; nothing where it is missing or not readable. */
export async function readSettings(): Promise<PageSettings | undefined> {
  try {
    const settings = (await (await fetch("config.json")).json()) as PageSettings;
    return settings.apiUrl ? settings : undefined;
  } catch {
    return undefined;
  }
}
