import { isPhoto } from "./ask.js";
import { load, save } from "./store.js";
import type { Photo } from "./types.js";

const KEPT = 30;

/** The photos that this visitor saw last, in this gallery, by their names: an id, or the question that was asked. */
export type Seen = Record<string, Photo>;

export const photosSeen = (gallery: string): Seen =>
  Object.fromEntries(Object.entries(load<Seen>("localStorage", gallery) ?? {}).filter((entry) => isPhoto(entry[1])));

/** Keep a photo under its id, and under this name. */
export function remember(gallery: string, name: string, photo: Photo): void {
  const entries = Object.entries({ ...photosSeen(gallery), [photo.id]: photo, [name]: photo });
  save("localStorage", gallery, Object.fromEntries(entries.slice(-KEPT)));
}
