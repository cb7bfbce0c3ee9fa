import { useEffect, useRef, useState, type ReactNode } from "react";
import type { Photo } from "../client/types.js";
import { formatDate } from "../text/date.js";
import { readLicense } from "../text/license.js";
import { useEvent } from "./useEvent.js";

export interface PhotoCaptionProps {
  photo: Photo;
  /** A language tag for the date. */
  lang: string;
  strings: { more: string; less: string };
  /** Said after the facts. */
  children?: ReactNode;
}

/** Caption, date, and whose photo it is. A long caption folds; the facts are always seen. */
export function PhotoCaption({ photo, lang, strings, children }: PhotoCaptionProps) {
  const { caption, date, credit, license, details } = photo;
  const { name, url } = readLicense(license ?? "");
  return (
    <div part="words">
      {caption && <Caption text={caption} strings={strings} />}
      <p part="facts">
        {date && (
          <time part="date" dateTime={date} suppressHydrationWarning>
            {formatDate(date, lang)}
          </time>
        )}
        {credit && <span part="credit">{credit}</span>}
        {license && <span part="license">{url ? <a href={url} rel="license">{name}</a> : name}</span>}
        {details && <span part="details">{details}</span>}
        {children}
      </p>
    </div>
  );
}

function Caption({ text, strings }: { text: string; strings: PhotoCaptionProps["strings"] }) {
  const line = useRef<HTMLParagraphElement>(null);
  const [open, setOpen] = useState(false);
  const [cut, setCut] = useState(false);
  const measure = useEvent(() => {
    const { current } = line;
    // Opened, it hides nothing, and has to be closed again.
    if (current && !open) setCut(current.scrollHeight > current.clientHeight + 1);
  });
  useEffect(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(line.current!);
    return () => observer.disconnect();
  }, [measure]);
  return (
    <div part="fold">
      <p ref={line} part="caption" dir="auto">{text}</p>
      {cut && (
        <button type="button" part="more" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? strings.less : strings.more}
        </button>
      )}
    </div>
  );
}
