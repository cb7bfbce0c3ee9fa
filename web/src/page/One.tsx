import { useEffect, useLayoutEffect, useRef, useState, type ComponentType, type CSSProperties, type ReactNode } from "react";
import type { Photo } from "../client/types.js";
import { watchView } from "../client/view.js";
import { PhotoCaption } from "../react/PhotoCaption.js";
import { PhotoImage, shapeOf } from "../react/PhotoImage.js";
import { sizeOf } from "../react/sizes.js";
import { mayRetry } from "../react/RandomPhoto.js";
import { useEvent } from "../react/useEvent.js";
import { useKeptFocus } from "../react/useKeptFocus.js";
import { useLayers } from "../react/useLayers.js";
import { useRandomPhoto } from "../react/useRandomPhoto.js";
import { sayProblem, sayState } from "../text/problem.js";
import { IconButton } from "./Icon.js";
import { useKeys } from "./keys.js";
import { Message } from "./Message.js";
import { titleOf, type LargeProps, type ModeProps } from "./modes.js";
import { useShare } from "./useShare.js";

/** A photo at random, as large as the page allows, and a way to the next. */
export function One({ settings, lang, strings, page, address, covered, Large }: ModeProps & { covered: boolean; Large: ComponentType<LargeProps> | undefined }) {
  const { place, step, go } = address;
  const { album, by } = place;
  const stage = useRef<HTMLDivElement>(null);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [first] = useState(place.photo);
  const sizesOf = (photo: Photo) => sizeOf(widthIn(stage.current!, photo));
  const { state, busy, own, next, show, prepare, client, onBroken } = useRandomPhoto({ ...settings, album, photo: first }, sizesOf);
  const { photo, problem } = state;
  const id = photo?.id;
  const layers = useLayers(photo);
  const follow = useEvent((wanted: string | undefined) => {
    if (wanted && id && wanted !== id) show(wanted);
  });
  useEffect(() => follow(place.photo), [place.photo, follow]);
  const settle = useEvent(() => {
    document.title = titleOf(photo, settings, lang, page.photographs);
    if (!id || place.photo === id) return;
    // Each photo is a step of the history; large ones are one step together.
    go({ mode: place.mode, photo: id, album, by }, place.photo && own && !covered ? undefined : "replace");
  });
  // Before the photo is painted: Back must never find it without its address.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each photo has an address
  useLayoutEffect(settle, [id, settle]);
  const back = step.depth > 0 ? () => history.back() : undefined;
  const large = () => void (id && go({ mode: "large", photo: id, album, by }));
  const [opened, setOpened] = useState(id);
  if (!covered && opened !== id) setOpened(id);
  // Back to the photo that it was opened from, or on to the one that was seen last.
  const close = () => (opened === id && step.depth > 0 ? history.back() : go({ mode: "one", photo: id, album, by }, "replace"));
  // The large view has keys of its own, once it is there.
  useKeys(covered && Large ? {} : { ArrowRight: next, ArrowLeft: back, ...(covered && { Escape: close }) });
  useKeptFocus(root, button);
  const onShown = useEvent((image: HTMLImageElement) => {
    prepare();
    return watchView(image, () => client.sendView(photo!));
  });
  return (
    <div ref={root} className="one random-photo" data-status={state.status}>
      <div ref={stage} className="stage">
        {layers.map(({ photo, turn, leaving }) => (
          <div key={turn} className="layer" data-leaving={leaving} aria-hidden={leaving} style={{ ...shapeOf(photo), "--natural": `${photo.width}px` } as CSSProperties}>
            <div className="picture" onClick={large}>
              <PhotoImage photo={photo} sizesOf={sizesOf} broken={strings.broken} onShown={leaving ? undefined : onShown} onBroken={leaving ? undefined : onBroken} />
            </div>
          </div>
        ))}
        {problem && !photo && <Message problem={problem} strings={strings} page={page} />}
        {state.status === "loading" && <span part="loading" />}
      </div>
      <div className="below">
        {photo && (
          <PhotoCaption key={photo.id} photo={photo} lang={lang} strings={strings}>
            {state.status === "stayed" && <span className="note">{sayProblem(state.problem, strings)}</span>}
          </PhotoCaption>
        )}
        <Actions photo={photo} settings={settings} lang={lang} page={page} onLarge={large} onBack={back}>
          <button ref={button} type="button" className="next" onClick={next} onPointerEnter={prepare} aria-busy={busy}>
            {mayRetry(state) ? strings.again : strings.another}
          </button>
        </Actions>
      </div>
      <span part="status" role="status">{own && !covered && sayState(state, strings, lang)}</span>
      {covered && Large && photo && (
        <Large {...{ settings, lang, strings, page, client, photo }} onNext={next} onClose={close} />
      )}
    </div>
  );
}

interface ActionsProps extends Pick<ModeProps, "settings" | "lang" | "page"> {
  photo: Photo | undefined;
  onLarge: () => void;
  onBack: (() => void) | undefined;
  /** The way on. */
  children: ReactNode;
}

/** What can be done with the photo on show. */
function Actions({ photo, settings, lang, page, onLarge, onBack, children }: ActionsProps) {
  const [said, share] = useShare(settings, lang, page.copied);
  return (
    <div className="actions">
      <p className="said" role="status">{said}</p>
      <IconButton name="share" label={page.share} off={!photo} onClick={() => share(photo!)} />
      <IconButton name="enlarge" label={page.enlarge} off={!photo} onClick={onLarge} />
      <IconButton name="back" label={page.previous} off={!onBack} onClick={() => onBack?.()} />
      {children}
    </div>
  );
}

/** The width of a photo on the stage, in pixels; the same as in `page.css`. */
function widthIn(stage: HTMLElement, { width, height }: Photo): number {
  return Math.min(stage.clientWidth, (stage.clientHeight * width) / height, width);
}
