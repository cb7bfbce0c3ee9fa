import { useEffect } from "react";

/** What keys do, by their names, except where they are wanted for something else. */
export function useKeys(actions: Record<string, (() => void) | undefined>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const target = event.target as Element;
      if (target.closest("select, input")) return;
      // Space presses the button that has the focus.
      if (event.key === " " && target.closest("button, a")) return;
      const action = actions[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
}
