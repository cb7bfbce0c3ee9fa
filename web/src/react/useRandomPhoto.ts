import { useEffect, useMemo, useState } from "react";
import type { PhotoClient } from "../client/client.js";
import type { Holder } from "../client/deck.js";
import { prepareImage } from "../client/prepare.js";
import { pause } from "../client/request.js";
import type { Filter, GallerySettings, Photo, PhotoState, Settled } from "../client/types.js";
import { clientOf } from "./clients.js";
import { reportProblem } from "./console.js";
import { onOnline } from "./online.js";
import { useEvent } from "./useEvent.js";

export interface RandomPhotoOptions extends Filter, GallerySettings {
  /** Always the same photo for the same seed; `today` is one a day, by the visitor's own date. */
  seed?: string | undefined;
  /** The id of a certain photo to begin with. */
  photo?: string | undefined;
  /** A photo that the server has rendered: shown at once, and nothing is asked for it. */
  initialPhoto?: Photo | undefined;
  /** `click`: nobody is contacted before the visitor asks for a photo. */
  load?: "click" | undefined;
}

export interface RandomPhotoHandle {
  state: PhotoState;
  /** Whether another photo is on its way. */
  busy?: boolean;
  /** Whether what is shown was asked for by the visitor, and not by the page. */
  own?: boolean;
  /** Show another photo, as soon as it is decoded; nothing while one is on its way. */
  next: () => void;
  /** Show the photo of this id. */
  show: (id: string) => void;
  /** Make the next photo ready before it is wanted; not where the visitor saves data. */
  prepare: () => void;
  client: PhotoClient;
  /** To be called where the photo's picture does not arrive: a kept one is replaced by the API's. */
  onBroken: () => void;
}

type Kept = Pick<RandomPhotoHandle, "state" | "busy" | "own">;

/** How long a photo may stay away before its placeholder is shown in its stead, in milliseconds. */
const GRACE = 400;

/**
 * A random photo, and another one when asked. `sizesOf` says how wide it will be, as a `sizes` attribute; while `far`,
 * the first one is not asked for.
 */
export function useRandomPhoto(
  options: RandomPhotoOptions,
  sizesOf: (photo: Photo) => string,
  far = false,
): RandomPhotoHandle {
  const { apiUrl, album, orientation, seed, photo, initialPhoto, load } = options;
  const [kept, setKept] = useState<Kept>(() => ({ state: begin(apiUrl, initialPhoto) }));
  const [holder] = useState<Holder & { turn: number }>(() => ({ turn: 0, id: initialPhoto?.id }));
  const client = clientOf(options);
  const sizesNow = useEvent(sizesOf);
  const ways = useMemo(() => {
    const filter = { album, orientation };
    let pending: Promise<void> | undefined;

    /** Show what comes of a question, unless another one was asked meanwhile. */
    async function settle(question: Promise<Settled>, own: boolean) {
      const now = ++holder.turn;
      setKept((before) => ({ ...before, busy: true }));
      const state = await question;
      const came =
        own && state.photo && (await Promise.race([pause(GRACE), prepareImage(state.photo, sizesNow(state.photo))]));
      if (now !== holder.turn) return;
      if (state.photo) holder.id = state.photo.id;
      setKept((before) => ({ state: stay(before.state, state, came), own }));
      // A kept photo that the gallery has no longer goes, once the API says so.
      const fresh = await state.fresh;
      if (fresh && !fresh.photo && now === holder.turn) setKept({ state: fresh, own });
    }

    return {
      first() {
        const next = () => (seed ? client.seeded(seed, filter) : client.next(filter, holder));
        void settle(photo ? client.photo(photo) : next(), false);
      },
      // A key held down asks for one photo at a time.
      next: () => void (pending ??= settle(client.next(filter, holder), true).finally(() => (pending = undefined))),
      show: (id: string) => void settle(client.photo(id), true),
      prepare() {
        const { connection } = navigator as { connection?: { saveData?: boolean } };
        if (!connection?.saveData) client.prepare(filter, sizesNow).catch(() => undefined);
      },
      /** In place of a kept photo whose picture does not come, the API's, when it is there. */
      async replace({ fresh }: PhotoState) {
        const now = holder.turn;
        const state = await fresh;
        if (state && now === holder.turn) setKept((before) => ({ ...before, state }));
      },
    };
  }, [client, album, orientation, seed, photo, holder, sizesNow]);

  const [begun] = useState(ways);
  const begins = useEvent(() => apiUrl && !far && !((initialPhoto || load) && begun === ways));
  // biome-ignore lint/correctness/useExhaustiveDependencies: once the element is no longer far, it begins
  useEffect(() => {
    const now = ++holder.turn;
    // StrictMode runs an effect twice in a row; only the second run may take a card.
    if (begins()) queueMicrotask(() => now === holder.turn && ways.first());
    return () => {
      holder.turn++;
      client.leave(holder);
    };
  }, [ways, far, client, holder, begins]);

  const { state } = kept;
  const { status, problem } = state;
  useEffect(() => {
    if (problem) reportProblem(problem);
    // What failed is tried again when the network is back.
    if (status === "error") return onOnline(ways.first);
  }, [problem, status, ways]);

  const onBroken = useEvent(() => void ways.replace(state));
  return { ...kept, ...ways, client, onBroken };
}

function begin(apiUrl: string, photo: Photo | undefined): PhotoState {
  if (!apiUrl) return { status: "error", problem: { name: "not-configured", detail: "apiUrl is missing: it is the stack's output apiUrl." } };
  return photo ? { status: "ready", photo } : { status: "loading" };
}

/** Offline, a photo that is there stays, rather than one that does not come. */
function stay(before: PhotoState, after: Settled, came: unknown): PhotoState {
  if (!before.photo || navigator.onLine || (came !== false && after.photo)) return after;
  return { status: "stayed", photo: before.photo, problem: { name: "unreachable" } };
}
