import { readCatalog } from "../client/catalog.js";
import type { PhotoClient } from "../client/client.js";
import type { Album, Photo, PhotoPage, Problem } from "../client/types.js";
import { toProblem } from "../client/errors.js";
import type { Place } from "./address.js";

/** The photos of the overview so far, in order. */
export interface Listing {
  photos: Photo[];
  /** Nothing more is to come. */
  done: boolean;
  problem?: Problem | undefined;
}

type Question = { album?: string | undefined; bare?: boolean };

/** As many as the API gives at once. */
const LIMIT = 100;
/** Milliseconds after which an API that has not answered is taken for cold. */
const COLD = 700;

/** What brings the photos of the overview, a part at a time; `onChange` is called with each. */
export interface Reader {
  listing: Listing;
  /** Fetch the next part, unless one is on its way. */
  more: (onChange: () => void) => Promise<void>;
}

const readers = new Map<string, Reader>();

/** The reader of a place; the same one as long as the page is there, so that Back finds what was seen. */
export function readerOf(client: PhotoClient, catalogUrl: string | undefined, place: Place): Reader {
  const name = JSON.stringify([catalogUrl, place.album, place.by]);
  const reader = readers.get(name) ?? createReader(client, catalogUrl, place);
  readers.set(name, reader);
  return reader;
}

function createReader(client: PhotoClient, catalogUrl: string | undefined, { album, by }: Place): Reader {
  const reader: Reader = { listing: { photos: [], done: false }, more };
  let questions: Question[] | undefined;
  let cursor: string | undefined;
  let pending: Promise<void> | undefined;

  async function read(): Promise<Listing> {
    questions ??= by && !album ? await byAlbum(client) : [{ album }];
    const question = questions[0]!;
    const asked = { album: question.album, limit: LIMIT, cursor };
    const part = await client.ask<PhotoPage>("/photos", asked, (body) => Array.isArray(body?.photos));
    cursor = part.next;
    if (!cursor) questions.shift();
    const photos = question.bare ? part.photos.filter((photo) => !photo.album) : part.photos;
    return { photos, done: !questions.length };
  }

  /** The catalog, if it is small: where the API fails, or has not answered after so long. */
  async function instead(milliseconds: number, asked: Promise<Listing>): Promise<Listing> {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    const photos = catalogUrl && !reader.listing.photos.length && (await wholeCatalog(catalogUrl, album, by));
    return photos ? { photos, done: true } : asked;
  }

  function more(onChange: () => void): Promise<void> {
    if (reader.listing.done) return Promise.resolve();
    const before = reader.listing.photos;
    pending ??= first()
      .then(
        ({ photos, done }) => void (reader.listing = { photos: [...before, ...photos], done }),
        (error: unknown) => void (reader.listing = { photos: before, done: false, problem: toProblem(error) }),
      )
      .finally(() => (pending = undefined));
    return pending.then(onChange);
  }

  function first(): Promise<Listing> {
    const asked = read();
    return Promise.race([asked.catch(() => instead(0, asked)), instead(COLD, asked)]);
  }

  return reader;
}

/** First the albums one after the other, then what lies in none. */
async function byAlbum(client: PhotoClient): Promise<Question[]> {
  const albums = await client.ask<Album[]>("/albums", {}, Array.isArray);
  return [...albums.map(({ album }) => ({ album })), { bare: true }];
}

/** All photos of a small catalog, in the API's order; nothing of a larger one. */
async function wholeCatalog(catalogUrl: string, album: string | undefined, by: Place["by"]) {
  const read = await readCatalog(catalogUrl).catch(() => undefined);
  if (!read?.whole) return undefined;
  // One picture of two sources counts once.
  const photos = [...new Map(read.photos.map((photo) => [photo.id, photo])).values()];
  const fitting = photos.filter((photo) => !album || photo.album === album);
  fitting.sort((one, other) => compare(other.date ?? "", one.date ?? ""));
  // No album sorts behind all others.
  return by ? fitting.sort((one, other) => compare(one.album ?? "\uffff", other.album ?? "\uffff")) : fitting;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
