/** What a visitor reads on a photo, besides its own metadata. */
export const ENGLISH = {
  another: "Another photo",
  show: "Show a photo",
  again: "Try again",
  more: "more",
  less: "less",
  announce: "New photo",
  broken: "This photo did not arrive.",
  "gallery-empty": "No photos yet.",
  "no-match": "No photo fits.",
  "no-such-photo": "No longer in the gallery.",
  unreachable: "The gallery cannot be reached.",
  offline: "You are offline.",
};

/** The same in another language. */
export type Strings = typeof ENGLISH;
