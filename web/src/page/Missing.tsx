import type { Strings } from "../text/strings.js";
import type { Part } from "./modes.js";
import type { PageStrings } from "./strings.js";

/** What is seen while a part of the page is not there: a sign of loading, or that it was lost, with another try. */
export function Missing<Props>({ part, strings, page, onClose }: { part: Part<Props>; strings: Strings; page: PageStrings; onClose?: () => void }) {
  if (part.status === "ready") return null;
  if (part.status === "loading") return <span part="loading" />;
  return (
    <div className="notice" role="alert">
      <p className="title">{page.partLost}</p>
      <button type="button" className="next" onClick={part.again}>{strings.again}</button>
      {onClose && <button type="button" onClick={onClose}>{page.close}</button>}
    </div>
  );
}
