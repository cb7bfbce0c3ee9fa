import { useEffect, useMemo, useRef, type CSSProperties, type MutableRefObject } from "react";
import type { Photo, Problem } from "../client/types.js";
import { watchView } from "../client/view.js";
import { nameOf, sayProblem, sayState } from "../text/problem.js";
import { ENGLISH, type Strings } from "../text/strings.js";
import { PhotoCaption } from "./PhotoCaption.js";
import { PhotoImage } from "./PhotoImage.js";
import { sizesIn } from "./sizes.js";
import { useKeptFocus } from "./useKeptFocus.js";
import { useLanguage } from "./useLanguage.js";
import { useLayers } from "./useLayers.js";
import { useNear } from "./useNear.js";
import { useRandomPhoto, type RandomPhotoHandle, type RandomPhotoOptions } from "./useRandomPhoto.js";

export interface RandomPhotoProps extends RandomPhotoOptions {
  /** A language tag for dates; without one, that of the page. */
  lang?: string | undefined;
  /** What the button says. */
  label?: string | undefined;
  /** What else is said, in another language; see `Strings`. */
  strings?: Partial<Strings> | undefined;
  /** The `sizes` of the image; without it, the width is measured. */
  sizes?: string | undefined;
  /** `lazy`, the default: nothing is asked before the element is near the viewport. `eager`: at once. */
  loading?: "lazy" | "eager" | undefined;
  /** `photo`: the frame takes each photo's own ratio; what is below moves. */
  frame?: "photo" | undefined;
  /** Address of the gallery's page: a click on the photo opens it there. */
  pageUrl?: string | undefined;
  /** `interest`: make the next photo ready only once the visitor points at this one, or focuses it. */
  prefetch?: "interest" | undefined;
  /** `off`: no view is counted. */
  views?: "off" | undefined;
  /** Called with each photo once it is shown. */
  onPhoto?: ((photo: Photo) => void) | undefined;
  /** Called with what is wrong. */
  onError?: ((problem: Problem) => void) | undefined;
  /** A ref that is given `next` and `show`. */
  handle?: MutableRefObject<RandomPhotoHandle | null> | undefined;
  /** Added to the class of the figure. */
  className?: string | undefined;
}

/** A photo with its words, and a button for another; styled by `--random-photo-…` variables and parts. */
export function RandomPhoto(props: RandomPhotoProps) {
  const { label, sizes, loading = "lazy", frame, pageUrl, prefetch, views, onPhoto, onError, handle } = props;
  const { className, ...options } = props;
  const figure = useRef<HTMLElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const lang = useLanguage(props.lang);
  const strings = { ...ENGLISH, ...props.strings };
  const sizesOf = (photo: Photo) => sizes ?? sizesIn(box.current, photo);
  const near = useNear(box, loading === "lazy" && !options.initialPhoto);
  const random = useRandomPhoto(options, sizesOf, !near);
  const { state, busy, own, next, prepare, client } = random;
  const { photo, problem } = state;
  const layers = useLayers(photo);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it acts when these change, and reads the rest as it is then
  const onShown = useMemo(
    () => (image: HTMLImageElement) => {
      if (!prefetch) prepare();
      onPhoto?.(photo!);
      if (!views) return watchView(image, () => client.sendView(photo!));
    },
    [client, photo, prefetch, prepare, views],
  );
  useEffect(() => void (handle && (handle.current = random)));
  // biome-ignore lint/correctness/useExhaustiveDependencies: it acts when these change, and reads the rest as it is then
  useEffect(() => void (problem && onError?.(problem)), [problem]);
  useKeptFocus(figure, button);
  const waiting = options.load && state.status === "loading" && !busy;
  const shape = frame && photo ? ({ "--random-photo-ratio": photo.width / photo.height } as CSSProperties) : undefined;
  return (
    <figure
      ref={figure}
      className={`random-photo ${className ?? ""}`}
      part="figure"
      data-status={state.status}
      onPointerEnter={photo && prepare}
      onFocusCapture={photo && prepare}
    >
      <div ref={box} part="frame" style={shape}>
        {layers.map(({ photo, turn, leaving }) => (
          <div key={turn} part="layer" data-leaving={leaving}>
            <PhotoImage
              photo={photo}
              sizesOf={sizesOf}
              loading={options.initialPhoto && loading}
              broken={strings.broken}
              onShown={leaving ? undefined : onShown}
            />
          </div>
        ))}
        {photo && pageUrl && (
          <a part="link" href={`${pageUrl}#/photos/${photo.id}`} aria-label={nameOf(photo, lang) || strings.show} />
        )}
        {problem && !photo && <p part="message">{sayProblem(problem, strings)}</p>}
        {state.status === "loading" && !waiting && <span part="loading" />}
      </div>
      <figcaption part="below">
        {photo && (
          <PhotoCaption key={photo.id} photo={photo} lang={lang} strings={strings}>
            {problem && <span part="note">{sayProblem(problem, strings)}</span>}
          </PhotoCaption>
        )}
        <button ref={button} type="button" part="button" aria-busy={busy} onClick={next}>
          {waiting ? strings.show : problem && !photo ? strings.again : (label ?? strings.another)}
        </button>
      </figcaption>
      <span part="status" role="status">{own && sayState(state, strings, lang)}</span>
    </figure>
  );
}
