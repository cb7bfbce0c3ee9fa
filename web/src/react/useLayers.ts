import { useState } from "react";
import type { Photo } from "../client/types.js";

export interface Layer {
  photo: Photo;
  /** How many photos were shown before it. */
  turn: number;
  /** It fades, below the next one. */
  leaving?: boolean;
}

/** The photo on show, last, and below it the one before. */
export function useLayers(photo: Photo | undefined): Layer[] {
  const [layers, setLayers] = useState<Layer[]>([]);
  const top = layers.at(-1);
  if (!photo) return [];
  if (photo.id === top?.photo.id && photo.src === top.photo.src) return layers;
  const next = { photo, turn: layers.length && top!.turn + 1 };
  const both = top ? [{ ...top, leaving: true }, next] : [next];
  setLayers(both);
  return both;
}
