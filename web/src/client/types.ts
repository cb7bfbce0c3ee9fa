import type { ProblemName } from "./problems.js";
import type { Keep } from "./store.js";

/** One resized copy of a photo. */
export interface Rendition {
  src: string;
  width: number;
  height: number;
}

/** A photo as the API speaks it; what is unknown is left out. */
export interface Photo extends Rendition {
  id: string;
  /** Ascends by width and ends with `src`. */
  srcSet: Rendition[];
  /** Read aloud. */
  alt?: string;
  /** Shown below. */
  caption?: string;
  /** Possibly partial: `2017`, `2017-08`, `2017-08-14` or `2017-08-14T18:03`. */
  date?: string;
  album?: string;
  credit?: string;
  /** An SPDX identifier, as a rule. */
  license?: string;
  /** Camera, lens and exposure, where the gallery shows them. */
  details?: string;
  /** ThumbHash, base64. */
  placeholder?: string;
}

export type Orientation = "landscape" | "portrait" | "square";

/** Which photos to choose among. */
export interface Filter {
  /** Choose among the photos of this album. */
  album?: string | undefined;
  /** Choose among photos of this shape: `landscape`, `portrait` or `square`. */
  orientation?: Orientation | undefined;
}

export interface Album {
  album: string;
  count: number;
}

/** A part of the list of photos, newest first. */
export interface PhotoPage {
  photos: Photo[];
  /** Where the next part begins; none after the last. */
  next?: string;
}

/** Where the gallery is: the same names as in `site/config.json`. */
export interface GallerySettings {
  /** Address of the gallery's API: the stack's output `apiUrl`. */
  apiUrl: string;
  /** The API key; a browser's key is no secret. */
  apiKey?: string | undefined;
  /** Address of the public catalog, for when the API does not answer. */
  catalogUrl?: string | undefined;
  /** The origins that the API answers; on another one the reason is said at once. */
  origins?: readonly string[] | undefined;
  /** What the browser keeps: `visit`, the default, until the tab is closed; `month`, for 30 days; `none`, nothing. */
  keep?: Keep | undefined;
}

export interface Problem {
  name: ProblemName;
  /** What the API itself says to whoever runs the gallery: what is wrong, and what to do. */
  detail?: string | undefined;
  /** Seconds that the API asks to wait. */
  retryAfter?: number | undefined;
}

/**
 * What there is to show once a question was answered. `fresh` is the API's own answer, where a kept photo is shown before
 * it. `stale` is a good photo, from elsewhere than the API; `stayed`, the one before, for the next one did not come.
 */
export type Settled =
  | { status: "ready"; photo: Photo; fresh?: Promise<Settled> | undefined; problem?: undefined }
  | { status: "stale" | "stayed"; photo: Photo; fresh?: undefined; problem: Problem }
  | { status: "empty" | "error"; photo?: undefined; fresh?: undefined; problem: Problem };

export type PhotoState = { status: "loading"; photo?: undefined; fresh?: undefined; problem?: undefined } | Settled;
