import { useCallback, useRef } from "react";
import type { Photo } from "../client/types.js";
import { watchView } from "../client/view.js";
import { sayProblem, sayState } from "../text/problem.js";
import { PhotoCaption } from "./PhotoCaption.js";
import { PhotoImage } from "./PhotoImage.js";
import { sizesIn } from "./sizes.js";
import { useLayers } from "./useLayers.js";
import { useRandomPhoto, type RandomPhotoOptions } from "./useRandomPhoto.js";

export interface RandomPhotoProps extends RandomPhotoOptions {
  /** A language tag for dates; without one, that of the page. */
  lang?: string | undefined;
  /** What the button says. */
  label?: string | undefined;
  /** `interest`: make the next photo ready only once the visitor points at this one, or focuses it. */
  prefetch?: "interest" | undefined;
  /** `off`: no view is counted. */
  views?: "off" | undefined;
  /** Added to the class of the figure. */
  className?: string | undefined;
}

/** A photo with its words, and a button for another; styled by `--random-photo-…` variables and parts. */
export function RandomPhoto({ lang, label = "Another photo", prefetch, views, className = "", ...options }: RandomPhotoProps) {
  const frame = useRef<HTMLDivElement>(null);
  const sizesOf = (photo: Photo) => sizesIn(frame.current, photo);
  const { state, busy, own, next, prepare, client } = useRandomPhoto(options, sizesOf);
  const photo = "photo" in state ? state.photo : undefined;
  const layers = useLayers(photo);
  const onShown = useCallback(
    (image: HTMLImageElement) => {
      if (!prefetch) prepare();
      if (!views) return watchView(image, () => client.sendView(photo!));
    },
    [client, photo, prefetch, prepare, views],
  );
  const waiting = options.load && state.status === "loading" && !busy;
  return (
    <figure
      className={`random-photo ${className}`}
      part="figure"
      data-status={state.status}
      onPointerEnter={photo && prepare}
      onFocusCapture={photo && prepare}
    >
      <div ref={frame} part="frame">
        {layers.map(({ photo, turn, leaving }) => (
          <div key={turn} part="layer" data-leaving={leaving}>
            <PhotoImage photo={photo} sizesOf={sizesOf} onShown={leaving ? undefined : onShown} />
          </div>
        ))}
        {"problem" in state && !photo && <p part="message">{sayProblem(state.problem)}</p>}
      </div>
      <figcaption part="below">
        {photo && (
          <PhotoCaption key={photo.id} photo={photo} lang={lang}>
            {state.status === "stale" && <span part="note">{sayProblem(state.problem)}</span>}
          </PhotoCaption>
        )}
        <button type="button" part="button" aria-busy={busy} onClick={next}>
          {waiting ? "Show a photo" : "problem" in state && !photo ? "Try again" : label}
        </button>
      </figcaption>
      <span part="status" role="status">{own && sayState(state)}</span>
    </figure>
  );
}
