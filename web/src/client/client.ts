import { createAsker, isPhoto, type Asker } from "./ask.js";
import { createDeck, type Holder, type Turn } from "./deck.js";
import { toProblem } from "./errors.js";
import { choose, createFallback, type Wanted } from "./fallback.js";
import { prepareImage } from "./prepare.js";
import { PROBLEMS } from "./problems.js";
import { address, pause } from "./request.js";
import { createSeen } from "./seen.js";
import type { Filter, GallerySettings, Photo, Settled } from "./types.js";

/** Milliseconds after which an API that has not answered is taken for cold; a warm one answers within 300. */
const COLD = 700;
/** The catalog is asked for earlier, so that it is there by then; and by now a kept photo is shown. */
const EARLY = 350;

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
  const { ask } = asker;
  const deck = createDeck(settings, asker);
  const fallback = createFallback(settings);
  const seen = createSeen(settings.apiUrl, settings.keep);
  const page: Holder = {};

  /** A photo that was named or seeded; what the API gives is kept in place of what was, and what it has no longer goes. */
  async function named(answer: Promise<Photo>, wanted: Wanted, name: string): Promise<Settled> {
    const kept = seen.get(name);
    const asked = answer.then(
      (photo): Settled => {
        seen.remember(photo, name);
        return { status: "ready", photo };
      },
      (error: unknown): Settled | Promise<Settled> => {
        const problem = toProblem(error);
        if (PROBLEMS[problem.name].kind === "nothing") seen.forget(name);
        else if (kept) return { status: "stale", photo: kept, problem };
        return fallback.after(error, wanted, seen.all());
      },
    );
    if (!kept) return asked;
    return Promise.race([asked, pause(EARLY).then((): Settled => ({ status: "ready", photo: kept, fresh: asked }))]);
  }

  /** Any photo: where the answer takes long, one of the catalog. */
  async function dealt(turn: Turn): Promise<Settled> {
    let settled: Settled | undefined;
    const asked = deck.deal(turn).then(
      (photo): Settled => ({ status: "ready", photo }),
      (error: unknown) => fallback.after(error, turn.filter, seen.all()),
    );
    async function atHand(): Promise<Settled> {
      await pause(EARLY);
      const catalog = settled ? undefined : fallback.catalog();
      await pause(COLD - EARLY);
      const photo = choose((await catalog)?.photos ?? [], turn.filter, seen.all());
      if (settled || !photo) return asked;
      deck.give(turn, photo);
      return { status: "ready", photo };
    }
    settled = await Promise.race([asked, atHand()]);
    if (settled.photo) seen.remember(settled.photo);
    return settled;
  }

  return {
    next: (filter = {}, holder = page) => dealt({ holder, filter }),
    leave: deck.leave,
    photo: (id) => named(ask(`/photos/${id}`, {}, isPhoto), { id }, id),
    seeded(seed, filter = {}) {
      const question = { ...filter, seed: seed === "today" ? today() : seed };
      return named(ask("/", question, isPhoto), filter, JSON.stringify(question));
    },
    async prepare(filter, sizes) {
      const photo = await deck.peek(filter);
      await prepareImage(photo, sizes(photo));
    },
    ask,
    async sendView({ id }) {
      if ((navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) return;
      await asker.awake();
      if (asker.resting()) return;
      const view = { method: "POST", body: JSON.stringify({ id }), keepalive: true, credentials: "omit" } as const;
      fetch(address(settings, "/views"), view).catch(() => undefined);
    },
  };
}

/** The visitor's own date, `2026-11-23`. */
function today(): string {
  return new Date().toLocaleDateString("sv"); // Swedes write ISO dates
}
