import type { Asker } from "./ask.js";
import { keep, peek, type Place } from "./place.js";
import type { Filter, GallerySettings, Photo } from "./types.js";

const BATCH = 5;

export interface Deck {
  /** The next card, given to nobody else, and not one that another holder shows. */
  deal(filter: Filter, holder?: object): Promise<Photo>;
  /** The card that `deal` would give. */
  peek(filter: Filter): Promise<Photo>;
  /** The holder shows its card no longer. */
  leave(holder?: object): void;
}

/** The gallery in a shuffled order, of which the API hands out several cards at a time. */
export function createDeck({ apiUrl }: GallerySettings, { ask }: Asker): Deck {
  const held = new Map<object | undefined, string>();
  const nameOf = (filter: Filter) => JSON.stringify([apiUrl, filter]);

  async function card(filter: Filter, { deck, n }: Place): Promise<Photo> {
    const place = n % BATCH;
    return (await ask<Photo[]>("/", { ...filter, deck, n: n - place, count: BATCH }))[place]!;
  }

  async function deal(filter: Filter, holder?: object, tries = 4): Promise<Photo> {
    const name = nameOf(filter);
    const place = peek(name);
    keep(name, { ...place, n: place.n + 1 });
    const photo = await card(filter, place).catch((error: unknown) => {
      // The card could not be had, but is not lost: the next one to ask gets it.
      if (place.n < peek(name).n) keep(name, place);
      throw error;
    });
    held.delete(holder);
    // A new pass may begin with a photo of the last one that is still on the page.
    if (tries && [...held.values()].includes(photo.id)) return deal(filter, holder, tries - 1);
    held.set(holder, photo.id);
    return photo;
  }

  return { deal, peek: (filter) => card(filter, peek(nameOf(filter))), leave: (holder) => void held.delete(holder) };
}
