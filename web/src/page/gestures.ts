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
export function useGestures(
  stage: RefObject<HTMLElement | null>,
  sheet: RefObject<HTMLElement | null>,
  photo: Size,
  actions: Actions,
): void {
  const latest = useRef(actions);
  latest.current = actions;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each photo begins anew; the elements stay
  useEffect(() => new Gestures(stage.current!, () => sheet.current!.style, photo, () => latest.current).listen(), [photo]);
}

class Gestures {
  #view: View = WHOLE;
  #fingers = new Map<number, Point>();
  #start: Point | undefined;
  #tapped = 0;

  constructor(
    private readonly stage: HTMLElement,
    private readonly style: () => CSSStyleDeclaration,
    private readonly photo: Size,
    private readonly actions: () => Actions,
  ) {}

  /** Begin; what is returned ends it. */
  listen(): () => void {
    const ended = new AbortController();
    const on = <Name extends keyof HTMLElementEventMap>(name: Name, act: (event: HTMLElementEventMap[Name]) => void) =>
      this.stage.addEventListener(name, act, { signal: ended.signal, passive: false });
    on("pointerdown", (event) => this.#press(event));
    on("pointermove", (event) => this.#move(event));
    on("pointerup", (event) => this.#release(event));
    on("pointercancel", (event) => this.#release(event));
    on("wheel", (event) => {
      event.preventDefault();
      this.#zoom(this.#view.scale * Math.exp(-event.deltaY / 300), pointOf(event));
    });
    // A mouse that moves a photo drags no copy of it out of the window.
    on("dragstart", (event) => event.preventDefault());
    this.#begin();
    return () => ended.abort();
  }

  get #size(): Size {
    return { width: this.stage.clientWidth, height: this.stage.clientHeight };
  }

  get #print(): Size {
    return fitted(this.photo, this.#size);
  }

  /** A panorama that fits is a strip: it begins at its left edge, as high as the screen. */
  #begin(): void {
    const scale = fill(this.#print, this.#size);
    const strip = scale > 3 && this.photo.width > this.photo.height;
    this.#look(strip ? within({ scale, x: Infinity, y: 0 }, this.#print, this.#size) : WHOLE);
  }

  #look(view: View, eased = false): void {
    this.#view = view;
    this.#shift(`translate(${view.x}px, ${view.y}px) scale(${view.scale})`, eased);
    this.stage.dataset["zoomed"] = `${view.scale > 1}`;
    this.actions().onZoom(view.scale);
  }

  #shift(transform: string, eased: boolean): void {
    Object.assign(this.style(), { transform, transition: eased ? "transform 0.25s ease-out" : "none" });
  }

  #zoom(scale: number, { x, y }: Point, eased = false): void {
    const box = this.stage.getBoundingClientRect();
    const point = { x: x - box.left - box.width / 2, y: y - box.top - box.height / 2 };
    this.#look(zoomTo(this.#view, scale, point, this.#print, this.#size), eased);
  }

  #press(event: PointerEvent): void {
    if ((event.target as Element).closest("button, a")) return;
    this.stage.setPointerCapture(event.pointerId);
    this.#fingers.set(event.pointerId, pointOf(event));
    this.#start = this.#fingers.size === 1 ? pointOf(event) : undefined;
  }

  #move(event: PointerEvent): void {
    const before = this.#fingers.get(event.pointerId);
    if (!before) return;
    const now = pointOf(event);
    const other = [...this.#fingers].find(([id]) => id !== event.pointerId)?.[1];
    this.#fingers.set(event.pointerId, now);
    if (other) {
      const spread = distance(now, other) / distance(before, other);
      this.#zoom(this.#view.scale * spread, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
    } else if (this.#view.scale > 1) {
      const { scale, x, y } = this.#view;
      this.#look(within({ scale, x: x + now.x - before.x, y: y + now.y - before.y }, this.#print, this.#size));
    } else if (this.#start) {
      this.#shift(`translate(${now.x - this.#start.x}px, ${Math.max(0, now.y - this.#start.y)}px)`, false);
    }
  }

  #release(event: PointerEvent): void {
    if (!this.#fingers.delete(event.pointerId)) return;
    if (event.type === "pointerup" && this.#start && !this.#fingers.size) {
      if (distance(pointOf(event), this.#start) < 10) this.#tap(event);
      else if (this.#view.scale === 1) this.#turn(event.clientX - this.#start.x, event.clientY - this.#start.y);
    }
    if (this.#view.scale === 1) this.#look(WHOLE, true);
  }

  /** A double tap shows as much as fills the screen, or all of it again. */
  #tap(event: PointerEvent): void {
    const double = event.timeStamp - this.#tapped < DOUBLE;
    this.#tapped = double ? 0 : event.timeStamp;
    if (!double) return;
    const scale = this.#view.scale > 1 ? 1 : Math.max(2, fill(this.#print, this.#size));
    this.#zoom(scale, pointOf(event), true);
  }

  #turn(across: number, down: number): void {
    const { onNext, onBack, onClose } = this.actions();
    const forward = across < 0 === (getComputedStyle(this.stage).direction === "ltr");
    if (down > 2 * SWIPE && down > Math.abs(across)) onClose();
    else if (Math.abs(across) > SWIPE && Math.abs(across) > Math.abs(down)) (forward ? onNext : onBack)?.();
  }
}

const pointOf = ({ clientX, clientY }: MouseEvent): Point => ({ x: clientX, y: clientY });

const distance = (one: Point, other: Point) => Math.hypot(one.x - other.x, one.y - other.y);
