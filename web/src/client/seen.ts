import { isPhoto } from "./ask.js";
import { load, save } from "./store.js";
import type { Photo } from "./types.js";

const KEPT = 30;

/** The photos that this visitor saw last, in this gallery, the latest last; by id, or by the question that was asked. */
export type Seen = Record<string, Photo>;

export const photosSeen = (gallery: string): Seen =>
  Object.fromEntries(Object.entries(load<Seen>("localStorage", gallery) ?? {}).filter((entry) => isPhoto(entry[1])));

/** Keep a photo under its id, and under this name. */
export function remember(gallery: string, name: string, photo: Photo): void {
  const seen = photosSeen(gallery);
  delete seen[photo.id];
  seen[photo.id] = seen[name] = photo;
  save("localStorage", gallery, Object.fromEntries(Object.entries(seen).slice(-KEPT)));
}
