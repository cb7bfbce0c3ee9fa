import { useEffect, useRef } from "react";
import { decodeThumbHash } from "../text/thumbhash.js";
import type { Photo } from "../client/types.js";

/** A photo's ThumbHash on a canvas, whose longer side has so many pixels; the style sheet gives it the photo's own box. */
export function Placeholder({ photo, detail = 32 }: { photo: Photo; detail?: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scale = detail / Math.max(photo.width, photo.height);
  const width = Math.ceil(photo.width * scale);
  const height = Math.ceil(photo.height * scale);
  useEffect(() => draw(canvas.current!, photo.placeholder!), [photo]);
  return <canvas ref={canvas} width={width} height={height} part="placeholder" />;
}

function draw(canvas: HTMLCanvasElement, placeholder: string): void {
  const image = new ImageData(canvas.width, canvas.height);
  decodeThumbHash(placeholder, image);
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}
