import { useEffect, useState, type ComponentType } from "react";
import { load as read, save } from "../client/store.js";
import { onOnline } from "../react/online.js";
import { useEvent } from "../react/useEvent.js";
import type { Part } from "./modes.js";

/** Milliseconds after which a part is fetched that nobody has asked for yet. */
const IDLE = 3000;
/** Which build was loaded anew because a part of it was gone; once is enough. */
const RELOADED = "random-photo reloaded";

/**
 * A part of the page that is fetched when it is wanted, or when the page has nothing else to do. Where its file is gone, for
 * the page was deployed anew, the page is loaded once more; where that does not help, or the network is away, it is lost,
 * and can be asked for again.
 */
export function usePart<Props>(load: () => Promise<ComponentType<Props>>, wanted: boolean): Part<Props> {
  const [Component, setComponent] = useState<ComponentType<Props>>();
  const [lost, setLost] = useState(false);
  const fetchPart = useEvent(async () => {
    try {
      const part = await load();
      setComponent(() => part);
    } catch {
      if (wanted) await recover();
    }
  });
  async function recover(): Promise<void> {
    if (read<string>("sessionStorage", RELOADED) !== import.meta.url && (await reachable())) {
      save("sessionStorage", RELOADED, import.meta.url);
      return location.reload();
    }
    setLost(true);
  }
  /** The address says all that is seen, so loading the page anew leads back here; a browser may not ask twice for a file. */
  const again = useEvent(async () => {
    if (await reachable()) location.reload();
  });
  useEffect(() => {
    if (Component) return;
    if (wanted) return void fetchPart();
    const timer = setTimeout(fetchPart, IDLE);
    return () => clearTimeout(timer);
  }, [wanted, Component, fetchPart]);
  useEffect(() => {
    if (lost) return onOnline(again);
  }, [lost, again]);
  if (Component) return { status: "ready", Component };
  return lost ? { status: "lost", again } : { status: "loading" };
}

/** Whether the page itself can be had. */
async function reachable(): Promise<boolean> {
  const { ok } = await fetch(location.pathname, { cache: "no-cache" }).catch(() => ({ ok: false }));
  return ok;
}
