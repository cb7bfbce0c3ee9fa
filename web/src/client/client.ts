import { createAsker, isPhoto, type Asker } from "./ask.js";
import { createDeck, type Holder, type Turn } from "./deck.js";
import { choose, createFallback, type Wanted } from "./fallback.js";
import { prepareImage } from "./prepare.js";
import { address, pause } from "./request.js";
import { photosSeen, remember } from "./seen.js";
import type { Filter, GallerySettings, Photo, Settled } from "./types.js";

/** Milliseconds after which an API that has not answered is taken for cold; a warm one answers within 300. */
const COLD = 700;
/** The catalog is asked for earlier, so that it is there by then. */
const EARLY = 250;

/** What asks the gallery for photos; see `createPhotoClient`. */
export interface PhotoClient {
  /** The next photo of the deck: none comes again until all were seen, nor while another holder shows it. */
  next(filter?: Filter, holder?: Holder): Promise<Settled>;
  /** The holder shows its photo no longer. */
  leave(holder: Holder): void;
  /** The photo of this id. */
  photo(id: string): Promise<Settled>;
  /** Always the same photo for the same seed; `today` is the visitor's own date. */
  seeded(seed: string, filter?: Filter): Promise<Settled>;
  /** Fetch and decode the photo that `next` will give, for an `<img>` of these `sizes`. */
  prepare(filter: Filter, sizes: (photo: Photo) => string): Promise<void>;
  /** Anything else of the API, such as `/albums`, where the response has this shape; kept and joined like the others. */
  ask: Asker["ask"];
  /** Count a view of a photo once the API answers, unless the visitor asks not to be watched. */
  sendView(photo: Photo): void;
}

/**
 * The caching proxy on the visitor's side: a deck shared by all photos of a page, responses kept, equal requests joined.
 * While the API is cold or fails, photos come from the public catalog.
 */
export function createPhotoClient(settings: GallerySettings): PhotoClient {
  const asker = createAsker(settings);
  const { ask, resting } = asker;
  const deck = createDeck(settings, asker);
  const fallback = createFallback(settings);
  const gallery = settings.apiUrl;
  const page: Holder = {};

  /** The answer; or, where that takes long, a photo that is at hand. */
  async function settle(answer: Promise<Photo>, wanted: Wanted, key?: string, turn?: Turn): Promise<Settled> {
    let settled: Settled | undefined;
    const asked = answer.then(
      (photo): Settled => ({ status: "ready", photo }),
      (error: unknown) => fallback.after(error, wanted, Object.values(photosSeen(gallery))),
    );
    async function atHand(): Promise<Settled> {
      await pause(EARLY);
      const catalog = settled || key ? undefined : fallback.catalog();
      await pause(COLD - EARLY);
      const photos = (await catalog)?.photos ?? [];
      // A photo that was named or seeded is that one, which this visitor has seen before, or none.
      const seen = photosSeen(gallery);
      const photo = key ? seen[key] : choose(photos, wanted, Object.values(seen));
      if (settled || !photo) return asked;
      if (turn) deck.give(turn, photo);
      remember(gallery, photo.id, photo);
      return { status: "ready", photo };
    }
    settled = await Promise.race([asked, atHand()]);
    if (settled.photo) remember(gallery, (settled.status === "ready" && key) || settled.photo.id, settled.photo);
    return settled;
  }

  return {
    next(filter = {}, holder = page) {
      const turn: Turn = { holder, filter };
      return settle(deck.deal(turn), filter, undefined, turn);
    },
    leave: deck.leave,
    photo: (id) => settle(ask(`/photos/${id}`, {}, isPhoto), { id }, id),
    seeded(seed, filter = {}) {
      const question = { ...filter, seed: seed === "today" ? today() : seed };
      return settle(ask("/", question, isPhoto), filter, JSON.stringify(question));
    },
    async prepare(filter, sizes) {
      const photo = await deck.peek(filter);
      await prepareImage(photo, sizes(photo));
    },
    ask,
    async sendView({ id }) {
      if ((navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) return;
      await asker.awake();
      if (resting()) return;
      const view = { method: "POST", body: JSON.stringify({ id }), keepalive: true, credentials: "omit" } as const;
      fetch(address(settings, "/views"), view).catch(() => undefined);
    },
  };
}

/** The visitor's own date, `2026-11-23`. */
function today(): string {
  return new Date().toLocaleDateString("sv"); // Swedes write ISO dates
}
