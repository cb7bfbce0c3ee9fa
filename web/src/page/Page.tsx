import { useEffect, useState, type ComponentType } from "react";
import type { Photo } from "../client/types.js";
import { clientOf } from "../react/clients.js";
import { translate } from "../text/languages.js";
import { nameOf } from "../text/problem.js";
import type { Strings } from "../text/strings.js";
import { Header } from "./Header.js";
import { One } from "./One.js";
import type { PageSettings } from "./settings.js";
import { pageStrings, type PageStrings } from "./strings.js";
import { useAddress, type Address } from "./useAddress.js";

export interface ModeProps {
  settings: PageSettings;
  lang: string;
  /** What is said on a photo, and on the page. */
  strings: Strings;
  page: PageStrings;
  address: Address;
}

/** A gallery: one photo at random, all of them, or one of them large; the address says which. */
export function Page({ settings, lang }: { settings: PageSettings; lang: string }) {
  const address = useAddress();
  const { place, step, go } = address;
  const client = clientOf(settings);
  const strings = translate(lang);
  const page = pageStrings(lang);
  const covered = place.mode === "large";
  const mode = covered ? step.under : place.mode;
  const All = useLater(() => import("./All.js").then(({ All }) => All), mode === "all");
  const Large = useLater(() => import("./Large.js").then(({ Large }) => Large), covered);
  const shared: ModeProps = { settings, lang, strings, page, address };
  return (
    <main className={mode}>
      <Header settings={settings} strings={page} client={client} place={{ ...place, mode }} onGo={go} />
      {mode === "one" && <One key={place.album} {...shared} Large={Large} covered={covered} />}
      {mode === "all" && All && <All key={place.album} {...shared} client={client} covered={covered} />}
    </main>
  );
}

/** A part of the page that is fetched when it is wanted, or when the page has nothing else to do. */
function useLater<Props>(load: () => Promise<ComponentType<Props>>, wanted: boolean): ComponentType<Props> | undefined {
  const [part, setPart] = useState<ComponentType<Props>>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: it acts when these change, and reads the rest as it is then
  useEffect(() => {
    if (part) return;
    const fetchPart = () => void load().then((loaded) => setPart(() => loaded));
    if (wanted) return fetchPart();
    const timer = setTimeout(fetchPart, 3000);
    return () => clearTimeout(timer);
  }, [wanted, part]);
  return part;
}

/** What the browser's tab says. */
export function titleOf(photo: Photo | undefined, { title }: PageSettings, lang: string, fallback: string): string {
  return [photo && nameOf(photo, lang), title || fallback].filter(Boolean).join(" – ");
}
