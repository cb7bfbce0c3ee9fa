import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { createPhotoClient, type PhotoClient } from "../client/client.js";
import { prepareImage } from "../client/prepare.js";
import type { Filter, GallerySettings, Photo, PhotoState, Settled } from "../client/types.js";

export interface RandomPhotoOptions extends Filter, GallerySettings {
  /** Always the same photo for the same seed; `today` changes at the visitor's midnight. */
  seed?: string | undefined;
  /** The id of one certain photo to begin with. */
  photo?: string | undefined;
  /** A photo that the server has rendered: shown at once, nothing is asked. */
  initialPhoto?: Photo | undefined;
  /** Ask only once `next` is called. */
  wait?: boolean | undefined;
}

export interface RandomPhotoHandle {
  state: PhotoState;
  /** Whether the next photo is on its way. */
  busy: boolean;
  /** Show another photo, once it can be shown. */
  next(): void;
  /** Make the next photo ready, before it is wanted. */
  prepare(): void;
  client: PhotoClient;
}

const clients = new Map<string, PhotoClient>();

/** One client per gallery, so that all photos of a page share a deck. */
export function clientOf({ apiUrl, apiKey, catalogUrl, origins }: GallerySettings): PhotoClient {
  const name = JSON.stringify([apiUrl, apiKey, catalogUrl, origins]);
  const client = clients.get(name) ?? createPhotoClient({ apiUrl, apiKey, catalogUrl, origins });
  clients.set(name, client);
  return client;
}

/** A random photo, and another one when asked; `sizesOf` says how wide it will be shown. */
export function useRandomPhoto(options: RandomPhotoOptions, sizesOf: (photo: Photo) => string): RandomPhotoHandle {
  const { album, orientation, seed, photo, initialPhoto, wait } = options;
  const name = JSON.stringify([options.apiUrl, options.apiKey, options.catalogUrl, options.origins]);
  const client = useMemo(() => clientOf(options), [name]);
  const filter = useMemo(() => ({ album, orientation }), [album, orientation]);
  const [state, setState] = useState<PhotoState>(initialPhoto ? { status: "ready", photo: initialPhoto } : { status: "loading" });
  const [busy, setBusy] = useState(false);
  const current = useRef(0);

  const show = useCallback(async (question: () => Promise<Settled>, decoded: boolean) => {
    const turn = ++current.current;
    setBusy(true);
    const settled = await question();
    if (decoded && "photo" in settled) await prepareImage(settled.photo, sizesOf(settled.photo));
    if (turn !== current.current) return;
    setState(settled);
    setBusy(false);
  }, []);

  const first = useRef(initialPhoto !== undefined || wait);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    let here = true;
    // StrictMode runs effects twice in a row; only the second run may take a card.
    queueMicrotask(() => {
      if (!here) return;
      if (photo) void show(() => client.photo(photo), false);
      else if (seed) void show(() => client.seeded(seed, filter), false);
      else void show(() => client.next(filter), false);
    });
    return () => {
      here = false;
    };
  }, [client, filter, seed, photo]);

  const next = useCallback(() => void show(() => client.next(filter), true), [client, filter]);
  const prepare = useCallback(() => void client.prepare(filter, sizesOf).catch(() => undefined), [client, filter]);
  return { state, busy, next, prepare, client };
}
