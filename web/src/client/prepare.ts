import type { Photo } from "./types.js";

/** The `srcset` attribute of a photo. */
export function srcSetOf(photo: Photo): string {
  return photo.srcSet.map(({ src, width }) => `${src} ${width}w`).join();
}

/** Fetch and decode the rendition that an `<img>` of the same `sizes` will show. */
export async function prepareImage(photo: Photo, sizes: string): Promise<void> {
  const image = new Image();
  image.sizes = sizes;
  image.srcset = srcSetOf(photo);
  await image.decode().catch(() => undefined);
}
