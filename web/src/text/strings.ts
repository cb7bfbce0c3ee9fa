/** What a visitor reads on a photo, besides its own metadata; `{}` stands for the photo's name. */
export const ENGLISH = {
  another: "Another photo",
  show: "Show a photo",
  again: "Try again",
  more: "more",
  less: "less",
  announce: "New photo: {}",
  broken: "This photo did not arrive.",
  "gallery-empty": "There are no photos here yet.",
  "no-match": "No photo fits this choice.",
  "no-such-photo": "This photo is not in the gallery any more.",
  unreachable: "The gallery cannot be reached at the moment.",
  offline: "You are offline.",
};

/** The same in another language. */
export type Strings = typeof ENGLISH;
