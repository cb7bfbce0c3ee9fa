import type { Photo } from "../client/types.js";

/** A rendition may be so much narrower than its place: no one sees it, and rounding up by a pixel costs no larger one. */
const TOLERANCE = 0.98;

/** A width in pixels as a `sizes` attribute. */
export function sizeOf(width: number): string {
  return `${width * TOLERANCE}px`;
}

/** The width of a photo that is to fit into a frame, as a `sizes` attribute; a guess before there is a frame. */
export function sizesIn(frame: Element | null, { width, height }: Photo): string {
  const box = frame?.getBoundingClientRect();
  return box?.width ? sizeOf(Math.min(box.width, (box.height * width) / height)) : "100vw";
}
