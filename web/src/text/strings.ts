import type { Sentence } from "../client/problems.js";

/** What a visitor reads on a photo, besides its own metadata. */
export interface Strings extends Record<Sentence, string> {
  /** The button. */
  another: string;
  /** The button before the first photo, where nothing is asked for before. */
  show: string;
  /** The button where something failed. */
  again: string;
  more: string;
  less: string;
  /** Said before a new photo's name. */
  announce: string;
  /** A photo of which nothing is known. */
  photograph: string;
  /** The link on a photo. */
  open: string;
  broken: string;
  offline: string;
}

export const ENGLISH: Strings = {
  another: "Another photo",
  show: "Show a photo",
  again: "Try again",
  more: "more",
  less: "less",
  announce: "New photo",
  photograph: "Photograph",
  open: "Open in the gallery",
  broken: "This photo did not arrive.",
  "gallery-empty": "No photos yet.",
  "no-match": "No photo fits.",
  "no-such-photo": "No longer in the gallery.",
  unreachable: "The gallery cannot be reached.",
  busy: "Many visitors are here just now.",
  offline: "You are offline.",
};
