import { createAsker } from "./ask.js";
import { createDeck } from "./deck.js";
import { createFallBack } from "./fallback.js";
import { prepareImage } from "./prepare.js";
import { address } from "./request.js";
import type { Album, Filter, GallerySettings, Photo, Settled } from "./types.js";

const REMEMBERED = 30;

/** What asks the gallery for photos; see `createPhotoClient`. */
export interface PhotoClient {
  /** The next photo of the deck: none comes again until all were seen, nor while another holder shows it. */
  next(filter?: Filter, holder?: object): Promise<Settled>;
  /** The holder shows its photo no longer. */
  leave(holder: object): void;
  /** The photo of this id. */
  photo(id: string): Promise<Settled>;
  /** Always the same photo for the same seed; `today` is the visitor's own date. */
  seeded(seed: string, filter?: Filter): Promise<Settled>;
  /** Fetch and decode the photo that `next` will give, for an `<img>` of these `sizes`. */
  prepare(filter: Filter, sizes: (photo: Photo) => string): Promise<void>;
  /** The albums, and how many photos each has. */
  albums(): Promise<Album[]>;
  /** Count a view of a photo, unless the visitor asks not to be watched. */
  sendView(photo: Photo): void;
}

/**
 * The caching proxy on the visitor's side: a deck shared by all photos of a page, answers kept, equal questions joined;
 * while the API fails, photos come from the public catalog.
 */
export function createPhotoClient(settings: GallerySettings): PhotoClient {
  const { ask, resting } = createAsker(settings);
  const deck = createDeck(settings, { ask, resting });
  const fallBack = createFallBack(settings);
  let shown: Photo[] = [];

  async function settle(question: () => Promise<Photo>, wanted: Filter & { id?: string }): Promise<Settled> {
    const settled: Settled = await question().then(
      (photo) => ({ status: "ready", photo }),
      (error: unknown) => fallBack(error, wanted, shown),
    );
    if ("photo" in settled) {
      shown = [settled.photo, ...shown.filter(({ id }) => id !== settled.photo.id)].slice(0, REMEMBERED);
    }
    return settled;
  }

  return {
    next: (filter = {}, holder) => settle(() => deck.deal(filter, holder), filter),
    leave: deck.leave,
    photo: (id) => settle(() => ask(`/photos/${id}`), { id }),
    seeded: (seed, filter = {}) =>
      settle(() => ask("/", { ...filter, seed: seed === "today" ? today() : seed }), filter),
    async prepare(filter, sizes) {
      const photo = await deck.peek(filter);
      await prepareImage(photo, sizes(photo));
    },
    albums: () => ask<Album[]>("/albums"),
    sendView({ id }) {
      if (resting() || (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) return;
      const view = { method: "POST", body: JSON.stringify({ id }), keepalive: true, credentials: "omit" } as const;
      fetch(address(settings, "/views"), view).catch(() => undefined);
    },
  };
}

/** The visitor's own date, `2026-11-23`. */
function today(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}
