import { useEffect, useRef, useState, type CSSProperties } from "react";
import { prepareImage } from "../client/prepare.js";
import type { Photo } from "../client/types.js";
import { watchView } from "../client/view.js";
import { PhotoCaption } from "../react/PhotoCaption.js";
import { PhotoImage, shapeOf } from "../react/PhotoImage.js";
import { sizeOf } from "../react/sizes.js";
import { describe, nameOf } from "../text/problem.js";
import { useGestures } from "./gestures.js";
import { IconButton } from "./Icon.js";
import { useKeys } from "./keys.js";
import type { LargeProps } from "./modes.js";
import { useShare } from "./useShare.js";
import { fitted } from "./zoom.js";

/** How long each photo of a slideshow is seen, in milliseconds. */
const SLIDE = 5000;

/** One photo on the whole screen: to magnify, to swipe through, to watch. */
export function Large({ settings, lang, strings, page, client, photo, onNext, onBack, onClose, near }: LargeProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const sheet = useRef<HTMLDivElement>(null);
  const [playing, setPlaying] = useState(false);
  const [shown, setShown] = useState("");
  const [said, share] = useShare(settings, lang, page.copied);
  const widthOf = (photo: Photo) => fitted(photo, { width: stage.current!.clientWidth, height: stage.current!.clientHeight }).width;
  const sizesOf = (photo: Photo) => sizeOf(stage.current ? widthOf(photo) : innerWidth);
  const play = () => setPlaying(!playing);

  useEffect(() => {
    dialog.current!.showModal();
    dialog.current!.focus();
    return () => dialog.current?.close();
  }, []);
  useKeys({ ArrowRight: onNext, ArrowLeft: onBack, " ": play });
  useGestures(stage, sheet, photo, {
    onNext,
    onBack,
    onClose,
    onZoom(scale) {
      const image = sheet.current?.querySelector("img");
      // A sharper rendition for a closer look.
      if (image && scale > 1) image.sizes = sizeOf(widthOf(photo) * scale);
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: it acts when these change, and reads the rest as it is then
  useEffect(() => {
    if (!playing || shown !== photo.id) return;
    if (!onNext) return setPlaying(false);
    const timer = setTimeout(onNext, SLIDE);
    return () => clearTimeout(timer);
  }, [playing, shown, photo.id, !onNext]);
  const onShown = (image: HTMLImageElement) => {
    setShown(photo.id);
    for (const other of near ?? []) if (other) void prepareImage(other, sizesOf(other));
    return watchView(image, () => client.sendView(photo));
  };
  const latest = useRef(onShown);
  latest.current = onShown;
  const [stable] = useState(() => (image: HTMLImageElement) => latest.current(image));
  return (
    <dialog
      ref={dialog}
      className="large random-photo"
      tabIndex={-1}
      aria-label={describe(photo, strings, lang)}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div ref={stage} className="stage">
        <div ref={sheet} className="sheet" key={photo.id} style={{ ...shapeOf(photo), "--natural": `${photo.width}px` } as CSSProperties}>
          <PhotoImage photo={photo} sizesOf={sizesOf} broken={strings.broken} onShown={stable} />
        </div>
      </div>
      <div className="bar">
        <p className="said" role="status">{said}</p>
        <p className="hidden" role="status">{!playing && nameOf(photo, lang)}</p>
        <IconButton name={playing ? "pause" : "play"} label={playing ? page.pause : page.play} off={!onNext} onClick={play} />
        <IconButton name="share" label={page.share} onClick={() => share(photo)} />
        <IconButton name="close" label={page.close} onClick={onClose} />
      </div>
      <IconButton name="back" className="turn back" label={page.previous} off={!onBack} onClick={() => onBack?.()} />
      <IconButton name="next" className="turn on" label={page.next} off={!onNext} onClick={() => onNext?.()} />
      <PhotoCaption key={photo.id} photo={photo} lang={lang} strings={strings} />
    </dialog>
  );
}
