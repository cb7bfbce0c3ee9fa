import type { Asker } from "./ask.js";
import { claim, giveBack, peek, type Place } from "./place.js";
import { address, type Answer } from "./request.js";
import type { Filter, GallerySettings, Photo } from "./types.js";

const BATCH = 5;

export interface Deck {
  /** The next card, given to nobody else; not one of `recent` if others can be had. */
  deal(filter: Filter, recent: readonly string[]): Promise<Photo>;
  /** The card that `deal` would give. */
  peek(filter: Filter): Promise<Photo>;
}

/** The gallery in a shuffled order, of which the API hands out several cards at a time. */
export function createDeck({ apiUrl }: GallerySettings, { ask }: Asker): Deck {
  const nameOf = (filter: Filter) => address({ apiUrl }, "/", { ...filter });

  async function card(filter: Filter, { deck, n }: Place): Promise<Answer<Photo>> {
    const first = n - (n % BATCH);
    const { body, count } = await ask<Photo[]>("/", { ...filter, deck, n: first, count: BATCH });
    const photo = [body].flat()[n - first] ?? [(await ask<Photo[]>("/", { ...filter, deck, n, count: 1 })).body].flat()[0]!;
    return { body: photo, count };
  }

  return {
    async deal(filter, recent) {
      const name = nameOf(filter);
      for (let tries = 3; ; tries--) {
        const place = claim(name);
        try {
          const { body: photo, count } = await card(filter, place);
          // A new pass may begin with a photo that ended the last one.
          const avoided = recent.slice(0, Math.min(4, Math.max(1, count - 1)));
          if (!tries || !avoided.includes(photo.id)) return photo;
        } catch (error) {
          giveBack(name, place);
          throw error;
        }
      }
    },
    peek: async (filter) => (await card(filter, peek(nameOf(filter)))).body,
  };
}
