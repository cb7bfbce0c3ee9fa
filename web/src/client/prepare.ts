import type { Photo } from "./types.js";

/** The `srcset` attribute of a photo. */
export function srcSetOf(photo: Photo): string {
  return photo.srcSet.map(({ src, width }) => `${src} ${width}w`).join();
}

/** Fetch and decode the rendition that an `<img>` of the same `sizes` will show; whether it came. */
export function prepareImage(photo: Photo, sizes: string): Promise<boolean> {
  const image = new Image();
  image.crossOrigin = "anonymous"; // as the `<img>` has it, or it would be fetched twice
  image.sizes = sizes;
  image.srcset = srcSetOf(photo);
  return image.decode().then(
    () => true,
    () => false,
  );
}
