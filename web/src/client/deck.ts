import { arePhotos, type Asker } from "./ask.js";
import { createPlaces, type Place } from "./place.js";
import type { Filter, GallerySettings, Photo } from "./types.js";

const BATCH = 5;
/** So many cards are passed over that are on the page; of the last ones, not that which the holder itself shows. */
const TRIES = 12;
const LAST = 8;

/** Who shows a photo, and the id of that one, wherever it is from. */
export interface Holder {
  id?: string | undefined;
}

/** A holder's wait for a card. */
export interface Turn {
  holder: Holder;
  filter: Filter;
  /** The place of the card that it waits for. */
  place?: Place;
  /** It was given another photo meanwhile. */
  given?: boolean;
}

export interface Deck {
  /** The next card, given to nobody else, and not one that a holder shows; with too few photos, its own again. */
  deal(turn: Turn): Promise<Photo>;
  /** The card that `deal` would give. */
  peek(filter: Filter): Promise<Photo>;
  /** Give a photo from elsewhere instead: it is not dealt again, and the card that was waited for is not lost. */
  give(turn: Turn, photo: Photo): void;
  /** The holder shows its card no longer. */
  leave(holder: Holder): void;
}

/** The gallery in a shuffled order, of which the API hands out several cards at a time. */
export function createDeck(settings: GallerySettings, { ask }: Asker): Deck {
  const { keep, peek } = createPlaces(settings.keep);
  const holders = new Set<Holder>();
  const skipped = new Set<string>();
  const nameOf = (filter: Filter) => `random-photo ${JSON.stringify([settings.apiUrl, filter])}`;

  async function card(filter: Filter, { deck, n }: Place): Promise<Photo> {
    const place = n % BATCH;
    return (await ask<Photo[]>("/", { ...filter, deck, n: n - place, count: BATCH }, arePhotos))[place]!;
  }

  function putBack({ filter, place }: Turn): void {
    const name = nameOf(filter);
    if (place!.n < peek(name).n) keep(name, place!);
  }

  async function deal(turn: Turn, tries = TRIES): Promise<Photo> {
    const name = nameOf(turn.filter);
    const place = (turn.place = peek(name));
    holders.add(turn.holder);
    keep(name, { ...place, n: place.n + 1 });
    const photo = await card(turn.filter, place).catch((error: unknown) => {
      // The card could not be had, but is not lost: the next one to ask gets it.
      putBack(turn);
      throw error;
    });
    if (turn.given) return photo;
    // A new pass may begin with a photo of the last one that is still on the page.
    const shown = [...holders].some(
      (holder) => holder.id === photo.id && (tries > LAST || holder !== turn.holder),
    );
    if (tries && (shown || skipped.delete(photo.id))) return deal(turn, tries - 1);
    turn.holder.id = photo.id;
    return photo;
  }

  return {
    deal,
    peek: (filter) => card(filter, peek(nameOf(filter))),
    give(turn, { id }) {
      turn.given = true;
      putBack(turn);
      turn.holder.id = id;
      skipped.add(id);
    },
    leave: (holder) => void holders.delete(holder),
  };
}
