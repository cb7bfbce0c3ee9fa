import { useEffect, useState, type RefObject } from "react";

/** How far below the viewport an element is taken for near: about what is scrolled while a photo loads. */
const MARGIN = "150px";

/** Whether an element is near the viewport, or was once; at once where `lazy` is not wanted. */
export function useNear(element: RefObject<Element | null>, lazy: boolean): boolean {
  const [near, setNear] = useState(!lazy);
  useEffect(() => {
    if (near) return;
    const observer = new IntersectionObserver((entries) => setNear(entries.at(-1)!.isIntersecting), {
      rootMargin: MARGIN,
    });
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, [near, element]);
  return near;
}
