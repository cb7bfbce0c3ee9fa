import { isPhoto } from "./ask.js";
import { load, save, type Keep, type Place } from "./store.js";
import type { Photo } from "./types.js";

/** So many photos are kept, for so many milliseconds. */
const MOST = 30;
const MONTH = 30 * 24 * 3600 * 1000;

const PLACES: Record<Keep, Place> = { visit: "sessionStorage", month: "localStorage", none: "memory" };

type Kept = Record<string, { photo: Photo; at: number }>;

/** The photos that this visitor saw last in a gallery, the latest last; by id, or by the question that was asked. */
export interface Seen {
  all(): Photo[];
  get(name: string): Photo | undefined;
  /** Keep a photo under its id, and under this name. */
  remember(photo: Photo, name?: string): void;
  /** The gallery has it no longer. */
  forget(name: string): void;
}

export function createSeen(apiUrl: string, keep: Keep = "visit"): Seen {
  const place = PLACES[keep];
  const name = `random-photo ${apiUrl}`;

  /** What is too old, or none of ours, is taken away by whoever looks. */
  function read(): Kept {
    const entries = Object.entries(load<Kept>(place, name) ?? {});
    const young = entries.filter(([, { photo, at }]) => isPhoto(photo) && Date.now() - at < MONTH);
    const kept = Object.fromEntries(young);
    if (young.length < entries.length) write(kept);
    return kept;
  }

  function write(kept: Kept): void {
    const entries = Object.entries(kept).slice(-MOST);
    save(place, name, entries.length ? Object.fromEntries(entries) : undefined);
  }

  return {
    all: () => Object.values(read()).map(({ photo }) => photo),
    get: (name) => read()[name]?.photo,
    remember(photo, name = photo.id) {
      const kept = read();
      // What was shown last is last.
      delete kept[photo.id];
      delete kept[name];
      kept[photo.id] = kept[name] = { photo, at: Date.now() };
      write(kept);
    },
    forget(name) {
      const { [name]: gone, ...others } = read();
      if (gone) write(Object.fromEntries(Object.entries(others).filter(([, { photo }]) => photo.id !== gone.photo.id)));
    },
  };
}
