import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { PhotoClient } from "../client/client.js";
import { prepareImage } from "../client/prepare.js";
import type { Filter, GallerySettings, Photo, PhotoState, Settled } from "../client/types.js";
import { clientOf } from "./clients.js";

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
  busy: boolean;
  /** Whether what is shown was asked for by the visitor, and not by the page. */
  own: boolean;
  /** Show another photo, as soon as it is decoded. */
  next: () => void;
  /** Show the photo of this id. */
  show: (id: string) => void;
  /** Make the next photo ready before it is wanted; not where the visitor saves data. */
  prepare: () => void;
  client: PhotoClient;
}

type Kept = Pick<RandomPhotoHandle, "state" | "busy" | "own">;

/** How long a photo may stay away before its placeholder is shown in its stead, in milliseconds. */
const GRACE = 400;

/** A random photo, and another one when asked. `sizesOf` says how wide it will be, as a `sizes` attribute. */
export function useRandomPhoto(options: RandomPhotoOptions, sizesOf: (photo: Photo) => string): RandomPhotoHandle {
  const { apiUrl, album, orientation, seed, photo, initialPhoto, load } = options;
  const client = clientOf(options);
  const filter = useMemo(() => ({ album, orientation }), [album, orientation]);
  const [kept, setKept] = useState<Kept>(() => ({ state: begin(apiUrl, initialPhoto), busy: false, own: false }));
  const turn = useRef(0);

  const settle = useCallback(async (question: Promise<Settled>, own: boolean) => {
    const now = ++turn.current;
    setKept((before) => ({ ...before, busy: true }));
    const settled = await question;
    if (own && "photo" in settled) {
      const late = new Promise((resolve) => setTimeout(resolve, GRACE));
      await Promise.race([late, prepareImage(settled.photo, sizesOf(settled.photo))]);
    }
    if (now !== turn.current) return;
    setKept(({ state }) => ({ state: own ? keepPhoto(state, settled) : settled, busy: false, own }));
  }, [sizesOf]);

  const first = useCallback(() => {
    if (photo) return client.photo(photo);
    return seed ? client.seeded(seed, filter) : client.next(filter, turn);
  }, [client, filter, photo, seed]);
  const begun = useRef(first);
  useEffect(() => {
    const skip = !apiUrl || ((initialPhoto || load) && begun.current === first);
    const now = ++turn.current;
    // StrictMode runs an effect twice in a row; only the second run may take a card.
    if (!skip) queueMicrotask(() => now === turn.current && void settle(first(), false));
    return () => {
      turn.current++;
      client.leave(turn);
    };
  }, [first, settle]);

  return {
    ...kept,
    client,
    next: useCallback(() => void settle(client.next(filter, turn), true), [client, filter, settle]),
    show: useCallback((id) => void settle(client.photo(id), true), [client, settle]),
    prepare: useCallback(() => {
      const { connection } = navigator as { connection?: { saveData?: boolean } };
      if (!connection?.saveData) void client.prepare(filter, sizesOf).catch(() => undefined);
    }, [client, filter, sizesOf]),
  };
}

function begin(apiUrl: string, photo: Photo | undefined): PhotoState {
  if (!apiUrl) return { status: "error", problem: { name: "not-configured" } };
  return photo ? { status: "ready", photo } : { status: "loading" };
}

/** A photo that is on show stays when no other can be had. */
function keepPhoto(before: PhotoState, settled: Settled): PhotoState {
  return settled.status === "error" && "photo" in before ? { ...settled, status: "stale", photo: before.photo } : settled;
}
