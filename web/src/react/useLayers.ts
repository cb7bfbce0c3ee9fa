import { useState } from "react";
import type { Photo } from "../client/types.js";

export interface LayerOf {
  photo: Photo;
  /** How many photos were shown before it. */
  turn: number;
}

/** The photo on show, last, and below it the one before, which fades. */
export function useLayers(photo: Photo | undefined): LayerOf[] {
  const [layers, setLayers] = useState<LayerOf[]>(() => (photo ? [{ photo, turn: 0 }] : []));
  const top = layers.at(-1);
  if (photo && photo.id !== top?.photo.id) {
    const next = [...layers.slice(-1), { photo, turn: top ? top.turn + 1 : 0 }];
    setLayers(next);
    return next;
  }
  return photo ? layers : [];
}
