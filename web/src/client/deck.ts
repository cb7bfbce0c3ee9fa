import { arePhotos, type Asker } from "./ask.js";
import { keep, peek, type Place } from "./place.js";
import type { Filter, GallerySettings, Photo } from "./types.js";

const BATCH = 5;

/** A holder's wait for a card. */
export interface Turn {
  holder: object | undefined;
  filter: Filter;
  /** The place of the card that it waits for. */
  place?: Place;
  /** It was given another photo meanwhile. */
  given?: boolean;
}

export interface Deck {
  /** The next card, given to nobody else, and not one that another holder shows. */
  deal(turn: Turn): Promise<Photo>;
  /** The card that `deal` would give. */
  peek(filter: Filter): Promise<Photo>;
  /** Give a photo from elsewhere instead: it is not dealt again, and the card that was waited for is not lost. */
  give(turn: Turn, photo: Photo): void;
  /** The holder shows its card no longer. */
  leave(holder?: object): void;
}

/** The gallery in a shuffled order, of which the API hands out several cards at a time. */
export function createDeck({ apiUrl }: GallerySettings, { ask }: Asker): Deck {
  const held = new Map<object | undefined, string>();
  const skipped = new Set<string>();
  const nameOf = (filter: Filter) => JSON.stringify([apiUrl, filter]);

  async function card(filter: Filter, { deck, n }: Place): Promise<Photo> {
    const place = n % BATCH;
    return (await ask<Photo[]>("/", { ...filter, deck, n: n - place, count: BATCH }, arePhotos))[place]!;
  }

  function putBack({ filter, place }: Turn): void {
    const name = nameOf(filter);
    if (place!.n < peek(name).n) keep(name, place!);
  }

  async function deal(turn: Turn, tries = 4): Promise<Photo> {
    const name = nameOf(turn.filter);
    const place = (turn.place = peek(name));
    keep(name, { ...place, n: place.n + 1 });
    const photo = await card(turn.filter, place).catch((error: unknown) => {
      // The card could not be had, but is not lost: the next one to ask gets it.
      putBack(turn);
      throw error;
    });
    if (turn.given) return photo;
    held.delete(turn.holder);
    // A new pass may begin with a photo of the last one that is still on the page.
    if (tries && ([...held.values()].includes(photo.id) || skipped.delete(photo.id))) return deal(turn, tries - 1);
    held.set(turn.holder, photo.id);
    return photo;
  }

  return {
    deal,
    peek: (filter) => card(filter, peek(nameOf(filter))),
    give(turn, { id }) {
      turn.given = true;
      putBack(turn);
      held.set(turn.holder, id);
      skipped.add(id);
    },
    leave: (holder) => void held.delete(holder),
  };
}
