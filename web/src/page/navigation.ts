import { useEffect } from "react";
import type { Photo } from "../client/types.js";

interface Step {
  id: string;
  /** How many photos can be gone back to. */
  depth: number;
}

/** The id in an address that ends in `#/photos/<id>`. */
export function idInAddress(): string | undefined {
  return /^#\/photos\/([0-9a-f]{16})$/.exec(location.hash)?.[1];
}

/** Each photo is a step of the browser's history; what is returned goes back one, where there is one. */
export function useHistory(photo: Photo | undefined, show: (id: string) => void): (() => void) | undefined {
  const step = typeof history.state?.depth === "number" ? (history.state as Step) : undefined;
  const id = photo?.id;
  useEffect(() => {
    if (!id) return;
    document.title = photo.caption || "A photograph";
    if (!step) history.replaceState({ id, depth: 0 }, "");
    else if (step.id !== id) history.pushState({ id, depth: step.depth + 1 }, "", location.pathname + location.search);
  }, [id]);
  useEffect(() => {
    const onPop = () => {
      const wanted = idInAddress() ?? (history.state as Step | null)?.id;
      if (wanted) show(wanted);
    };
    addEventListener("popstate", onPop);
    return () => removeEventListener("popstate", onPop);
  }, [show]);
  const depth = step && step.id !== id ? step.depth + 1 : (step?.depth ?? 0);
  return depth > 0 ? goBack : undefined;
}

const goBack = () => history.back();

/** The arrow keys, except where they are wanted for something else. */
export function useArrows(next: () => void, back: (() => void) | undefined): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (event.key === "ArrowRight") next();
      if (event.key === "ArrowLeft") back?.();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [next, back]);
}
