import type { Photo } from "../client/types.js";

/** The width of a photo that is to fit into a frame, as a `sizes` attribute; a guess before there is a frame. */
export function sizesIn(frame: Element | null, { width, height }: Photo): string {
  const box = frame?.getBoundingClientRect();
  return box?.width ? `${Math.ceil(Math.min(box.width, (box.height * width) / height))}px` : "100vw";
}
