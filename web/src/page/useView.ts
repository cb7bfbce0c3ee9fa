import { useEffect, useState, type RefObject } from "react";
import { between, type Band } from "./wall.js";

/** How much is drawn above and below the window, in window heights: enough that a flick shows no blank. */
const SPARE = 0.75;
/** How long scrolling has to rest before its place is kept, in milliseconds. */
const REST = 250;

/**
 * The bands near the window, drawn anew only when others come near. `onNear` is told how far down that reaches, `onRest`
 * where scrolling came to rest; both in pixels.
 */
export function useView(
  wall: RefObject<HTMLElement | null>,
  bands: Band[],
  onNear: (bottom: number) => void,
  onRest: (scroll: number) => void,
): Band[] {
  const [visible, setVisible] = useState<Band[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it acts when these change, and reads the rest as it is then
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const look = () => {
      const top = -wall.current!.getBoundingClientRect().top;
      const bottom = top + innerHeight * (1 + SPARE);
      const next = between(bands, top - innerHeight * SPARE, bottom);
      setVisible((before) => (same(before, next) ? before : next));
      onNear(bottom);
    };
    const onScroll = () => {
      look();
      clearTimeout(timer);
      timer = setTimeout(() => onRest(scrollY), REST);
    };
    look();
    addEventListener("scroll", onScroll, { passive: true });
    addEventListener("resize", look);
    return () => {
      clearTimeout(timer);
      removeEventListener("scroll", onScroll);
      removeEventListener("resize", look);
    };
  }, [bands]);
  return visible;
}

function same(before: Band[], next: Band[]): boolean {
  return before.length === next.length && before[0] === next[0] && before.at(-1) === next.at(-1);
}
