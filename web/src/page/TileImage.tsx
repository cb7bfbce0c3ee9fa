import { useEffect, useState } from "react";
import { srcSetOf } from "../client/prepare.js";
import type { Photo } from "../client/types.js";
import { Placeholder } from "../react/Placeholder.js";
import { sizeOf } from "../react/sizes.js";
import { nameOf } from "../text/problem.js";

/** A photo that only flies past is not fetched: it has to stay for so many milliseconds. */
const STAY = 100;

/** A photo of the overview: its placeholder first. */
export function TileImage({ photo, width, lang }: { photo: Photo; width: number; lang: string }) {
  const [stays, setStays] = useState(false);
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(setStays, STAY, true);
    return () => clearTimeout(timer);
  }, []);
  return (
    <>
      {photo.placeholder && !shown && <Placeholder photo={photo} detail={12} />}
      {stays ? (
        <img
          srcSet={srcSetOf(photo)}
          sizes={sizeOf(width)}
          alt={photo.alt || nameOf(photo, lang)}
          decoding="async"
          data-shown={shown || undefined}
          onLoad={() => setShown(true)}
        />
      ) : (
        <span className="hidden">{photo.alt || nameOf(photo, lang)}</span>
      )}
    </>
  );
}
