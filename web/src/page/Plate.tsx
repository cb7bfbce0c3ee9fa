import type { CSSProperties } from "react";
import type { Photo } from "../client/types.js";
import { PhotoCaption } from "../react/PhotoCaption.js";
import { PhotoImage, type PhotoImageProps } from "../react/PhotoImage.js";

interface PlateProps extends PhotoImageProps {
  lang: string | undefined;
  /** It gives way to the next plate. */
  leaving: boolean | undefined;
  onClick: () => void;
  /** Why this photo does not come fresh from the gallery. */
  note: string | undefined;
}

/** A photo as large as the stage allows, its words set below it as in a book. */
export function Plate({ photo, lang, leaving, onClick, note, ...image }: PlateProps) {
  const shape = { "--ratio": photo.width / photo.height, "--natural": `${photo.width}px` } as CSSProperties;
  return (
    <figure className="plate" style={shape} data-leaving={leaving} aria-hidden={leaving}>
      <div className="picture" onClick={onClick}>
        <PhotoImage photo={photo} {...image} />
      </div>
      <figcaption>
        <PhotoCaption photo={photo} lang={lang}>
          <span><a href={`#/photos/${photo.id}`} aria-label="Link to this photo">Link</a></span>
          {note && <span className="note">{note}</span>}
        </PhotoCaption>
      </figcaption>
    </figure>
  );
}

/** The width of a photo on the stage, in pixels; the same as in `page.css`. */
export function sizeIn(stage: HTMLElement, { width, height }: Photo): number {
  const words = parseFloat(getComputedStyle(stage).getPropertyValue("--words"));
  return Math.ceil(Math.min(stage.clientWidth, ((stage.clientHeight - words) * width) / height, width));
}
