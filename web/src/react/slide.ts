import type { Photo } from "../client/types.js";

/** A slide of a lightbox, as yet-another-react-lightbox and its captions take it. */
export interface Slide extends Photo {
  title?: string;
  description?: string;
}

export function toSlide(photo: Photo): Slide {
  return {
    ...photo,
    ...(photo.caption && { title: photo.caption }),
    ...(photo.credit && { description: photo.credit }),
  };
}
