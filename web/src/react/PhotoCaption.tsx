import type { ReactNode } from "react";
import type { Photo } from "../client/types.js";
import { formatDate } from "../text/date.js";
import { licenseUrl } from "../text/license.js";

export interface PhotoCaptionProps {
  photo: Photo;
  /** A language tag for the date; without one, the page's. */
  lang?: string | undefined;
  /** Said after the facts. */
  children?: ReactNode;
}

/** A caption of more characters may have to be scrolled, by the keyboard too. */
const SCROLLED = 80;

/** Caption, date, and whose photo it is. */
export function PhotoCaption({ photo: { caption, date, credit, license }, lang, children }: PhotoCaptionProps) {
  const url = license && licenseUrl(license);
  return (
    <div part="words" tabIndex={caption && caption.length > SCROLLED ? 0 : undefined}>
      {caption && <p part="caption" dir="auto">{caption}</p>}
      <p part="facts">
        {date && <time part="date" dateTime={date}>{formatDate(date, lang || globalThis.document?.documentElement.lang)}</time>}
        {credit && <span part="credit" dir="auto">{credit}</span>}
        {license && <span part="license">{url ? <a href={url} rel="license">{license}</a> : license}</span>}
        {children}
      </p>
    </div>
  );
}
