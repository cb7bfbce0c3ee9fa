import { useEffect, useRef, type RefObject } from "react";

/** Where what had the focus is gone with the photo before, `refuge` gets it: the keyboard's place is not lost. */
export function useKeptFocus(root: RefObject<Element | null>, refuge: RefObject<HTMLElement | null>): void {
  const last = useRef<Element | null>(null);
  useEffect(() => {
    if (last.current && !last.current.isConnected) refuge.current?.focus();
    last.current = root.current!.querySelector(":focus");
  });
}
