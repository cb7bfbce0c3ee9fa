import { useEffect, useRef, type CSSProperties, type MutableRefObject } from "react";
import { PROBLEMS } from "../client/problems.js";
import type { Photo, PhotoState, Problem } from "../client/types.js";
import { watchView } from "../client/view.js";
import { describe, sayProblem, sayState } from "../text/problem.js";
import { ENGLISH, type Strings } from "../text/strings.js";
import { PhotoCaption } from "./PhotoCaption.js";
import { PhotoImage } from "./PhotoImage.js";
import { sizesIn } from "./sizes.js";
import { useEvent } from "./useEvent.js";
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
  const { state, busy, own, next, prepare, client, onBroken } = random;
  const { photo, problem } = state;
  const layers = useLayers(photo);
  const onShown = useEvent((image: HTMLImageElement) => {
    if (!prefetch) prepare();
    onPhoto?.(photo!);
    if (!views) return watchView(image, () => client.sendView(photo!));
  });
  useEffect(() => void (handle && (handle.current = random)));
  const tell = useEvent((problem: Problem) => onError?.(problem));
  useEffect(() => {
    if (problem) tell(problem);
  }, [problem, tell]);
  useKeptFocus(figure, button);
  const waiting = options.load && state.status === "loading" && !busy;
  const ratio = photo && photo.width / photo.height;
  const shape = ratio === undefined ? undefined : ({ "--ratio": ratio, ...(frame && { "--random-photo-ratio": ratio }) } as CSSProperties);
  return (
    <figure
      ref={figure}
      className={`random-photo ${className ?? ""}`}
      part="figure"
      data-status={state.status}
      style={shape}
      onPointerEnter={photo && prepare}
      onFocusCapture={photo && prepare}
    >
      <div ref={box} part="frame">
        {layers.map(({ photo, turn, leaving }) => (
          <div key={turn} part="layer" data-leaving={leaving}>
            <PhotoImage
              photo={photo}
              sizesOf={sizesOf}
              loading={options.initialPhoto && loading}
              broken={strings.broken}
              onShown={leaving ? undefined : onShown}
              onBroken={leaving ? undefined : onBroken}
            />
          </div>
        ))}
        {photo && pageUrl && (
          <a part="link" href={`${pageUrl}#/photos/${photo.id}`} aria-label={`${strings.open}: ${describe(photo, strings, lang)}`} />
        )}
        {problem && !photo && <p part="message">{sayProblem(problem, strings)}</p>}
        {state.status === "loading" && !waiting && <span part="loading" />}
      </div>
      <figcaption part="below">
        {photo && (
          <PhotoCaption key={photo.id} photo={photo} lang={lang} strings={strings}>
            {state.status === "stayed" && <span part="note">{sayProblem(state.problem, strings)}</span>}
          </PhotoCaption>
        )}
        <button ref={button} type="button" part="button" aria-busy={busy} onClick={next}>
          {waiting ? strings.show : mayRetry(state) ? strings.again : (label ?? strings.another)}
        </button>
      </figcaption>
      <span part="status" role="status">{own && sayState(state, strings, lang)}</span>
    </figure>
  );
}

/** Whether the way on is to ask for the same once more: a photo that is gone stays away, others are there. */
export function mayRetry({ photo, problem }: PhotoState): boolean {
  return !photo && !!problem && !("final" in PROBLEMS[problem.name]);
}
