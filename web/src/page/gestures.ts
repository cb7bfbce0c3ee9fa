import { useEffect, useRef, type RefObject } from "react";
import { fill, fitted, WHOLE, within, zoomTo, type Size, type View } from "./zoom.js";

interface Actions {
  onNext?: (() => void) | undefined;
  onBack?: (() => void) | undefined;
  onClose: () => void;
  /** The photo is looked at so much larger than when it fits. */
  onZoom: (scale: number) => void;
}

interface Point {
  x: number;
  y: number;
}

/** A swipe of so many pixels turns the page; less is a slip of the finger. */
const SWIPE = 60;
/** Two taps within so many milliseconds are one double tap. */
const DOUBLE = 300;

/**
 * Pinch, double tap and wheel magnify a photo, a finger moves it; where it fits, a swipe sideways goes on or back, and one
 * down closes. `sheet` is moved by its `transform`, without drawing anything anew.
 */
export function useGestures(stage: RefObject<HTMLElement | null>, sheet: RefObject<HTMLElement | null>, photo: Size, actions: Actions) {
  const latest = useRef(actions);
  latest.current = actions;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it acts when these change, and reads the rest as it is then
  useEffect(() => {
    const element = stage.current!;
    const size = (): Size => ({ width: element.clientWidth, height: element.clientHeight });
    const print = () => fitted(photo, size());
    const fingers = new Map<number, Point>();
    let view: View = WHOLE;
    let start: Point | undefined;
    let tapped = 0;

    function look(next: View, eased = false): void {
      view = next;
      const { style } = sheet.current!;
      style.transition = eased ? "transform 0.25s ease-out" : "none";
      style.transform = `translate(${next.x}px, ${next.y}px) scale(${next.scale})`;
      element.dataset["zoomed"] = `${next.scale > 1}`;
      latest.current.onZoom(next.scale);
    }

    const fromMiddle = ({ x, y }: Point): Point => {
      const box = element.getBoundingClientRect();
      return { x: x - box.left - box.width / 2, y: y - box.top - box.height / 2 };
    };
    const zoom = (scale: number, point: Point, eased = false) =>
      look(zoomTo(view, scale, fromMiddle(point), print(), size()), eased);
    /** A second tap shows all of it again, the first as much as fills the screen. */
    const toggle = (point: Point) => zoom(view.scale > 1 ? 1 : Math.max(2, fill(print(), size())), point, true);

    function onDown(event: PointerEvent): void {
      if ((event.target as Element).closest("button, a")) return;
      element.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      start = fingers.size === 1 ? { x: event.clientX, y: event.clientY } : undefined;
    }

    function onMove(event: PointerEvent): void {
      const before = fingers.get(event.pointerId);
      if (!before) return;
      const now = { x: event.clientX, y: event.clientY };
      const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
      fingers.set(event.pointerId, now);
      if (other) {
        const spread = Math.hypot(now.x - other.x, now.y - other.y) / Math.hypot(before.x - other.x, before.y - other.y);
        zoom(view.scale * spread, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
      } else if (view.scale > 1) {
        look(within({ ...view, x: view.x + now.x - before.x, y: view.y + now.y - before.y }, print(), size()));
      } else if (start) {
        sheet.current!.style.transition = "none";
        sheet.current!.style.transform = `translate(${now.x - start.x}px, ${Math.max(0, now.y - start.y)}px)`;
      }
    }

    function onUp(event: PointerEvent): void {
      if (!fingers.delete(event.pointerId)) return;
      if (event.type === "pointerup" && start && !fingers.size) {
        const across = event.clientX - start.x;
        const down = event.clientY - start.y;
        if (Math.hypot(across, down) < 10) onTap(event);
        else if (view.scale === 1) turn(across, down);
      }
      if (view.scale === 1) look(WHOLE, true);
    }

    function onTap(event: PointerEvent): void {
      const now = event.timeStamp;
      const double = now - tapped < DOUBLE;
      tapped = double ? 0 : now;
      if (double) toggle({ x: event.clientX, y: event.clientY });
    }

    function turn(across: number, down: number): void {
      const { onNext, onBack, onClose } = latest.current;
      // biome-ignore lint/correctness/noVoidTypeReturn: returns early
      if (down > 2 * SWIPE && down > Math.abs(across)) return onClose();
      if (Math.abs(across) < SWIPE || Math.abs(across) < Math.abs(down)) return;
      const forward = across < 0 === (getComputedStyle(element).direction === "ltr");
      (forward ? onNext : onBack)?.();
    }

    function onWheel(event: WheelEvent): void {
      event.preventDefault();
      zoom(view.scale * Math.exp(-event.deltaY / 300), { x: event.clientX, y: event.clientY });
    }

    // A panorama that fits is a strip: it begins at its left edge, as high as the screen.
    const whole = fill(print(), size());
    if (whole > 3 && photo.width > photo.height) look(within({ scale: whole, x: Infinity, y: 0 }, print(), size()));
    else look(WHOLE);
    const listeners = { pointerdown: onDown, pointermove: onMove, pointerup: onUp, pointercancel: onUp };
    const entries = Object.entries(listeners) as [string, EventListener][];
    for (const [name, listener] of entries) element.addEventListener(name, listener);
    element.addEventListener("wheel", onWheel, { passive: false });
    // A mouse that moves a photo drags no copy of it out of the window.
    element.ondragstart = () => false;
    return () => {
      for (const [name, listener] of entries) element.removeEventListener(name, listener);
      element.removeEventListener("wheel", onWheel);
    };
  }, [photo]);
}
