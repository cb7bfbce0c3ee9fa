import type { Photo } from "../client/types.js";
import { formatDate } from "../text/date.js";
import { licenseUrl } from "../text/license.js";

export interface PhotoCaptionProps {
  photo: Photo;
  /** A language tag for the date; without one, the page's. */
  lang?: string | undefined;
}

/** Caption, date, and whose photo it is. */
export function PhotoCaption({ photo: { caption, date, credit, license }, lang }: PhotoCaptionProps) {
  const url = license && licenseUrl(license);
  return (
    <>
      {caption && <p className="random-photo-caption" part="caption" dir="auto">{caption}</p>}
      <p className="random-photo-facts" part="facts">
        {date && <time dateTime={date} part="date">{formatDate(date, lang)}</time>}
        {credit && <span part="credit" dir="auto">{credit}</span>}
        {license && (url ? <a href={url} rel="license" part="license">{license}</a> : <span part="license">{license}</span>)}
      </p>
    </>
  );
}
