import { clientOf } from "../react/clients.js";
import { translate } from "../text/languages.js";
import { Header } from "./Header.js";
import { Missing } from "./Missing.js";
import type { ModeProps } from "./modes.js";
import { One } from "./One.js";
import type { PageSettings } from "./settings.js";
import { pageStrings } from "./strings.js";
import { useAddress } from "./useAddress.js";
import { usePart } from "./usePart.js";

/** A gallery: one photo at random, all of them, or one of them large; the address says which. */
export function Page({ settings, lang }: { settings: PageSettings; lang: string }) {
  const address = useAddress();
  const { place, step, go } = address;
  const client = clientOf(settings);
  const strings = translate(lang);
  const page = pageStrings(lang);
  const covered = place.mode === "large";
  const mode = covered ? step.under : place.mode;
  const all = usePart(() => import("./All.js").then(({ All }) => All), mode === "all");
  const large = usePart(() => import("./Large.js").then(({ Large }) => Large), covered);
  const shared: ModeProps = { settings, lang, strings, page, address };
  const close = () => (step.depth > 0 ? history.back() : go({ ...place, mode }, "replace"));
  return (
    <main className={mode}>
      <Header settings={settings} strings={page} client={client} place={{ ...place, mode }} onGo={go} />
      {mode === "one" && <One key={place.album} {...shared} Large={large.Component} covered={covered} />}
      {mode === "all" && all.Component && <all.Component key={place.album} {...shared} Large={large.Component} client={client} covered={covered} />}
      {mode === "all" && <Missing part={all} strings={strings} page={page} />}
      {covered && large.status !== "ready" && (
        <div className="waiting">
          <Missing part={large} strings={strings} page={page} onClose={close} />
        </div>
      )}
    </main>
  );
}
