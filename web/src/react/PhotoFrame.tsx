import { useEffect, useRef, useState, type ReactNode } from "react";
import { srcSetOf } from "../client/prepare.js";
import type { Photo } from "../client/types.js";
import { Placeholder } from "./Placeholder.js";

export interface PhotoFrameProps {
  photo?: Photo | undefined;
  /** The `sizes` of the `<img>`. */
  sizes: string;
  /** Called with the `<img>` once it was decoded; what it answers is called when the photo goes. */
  onShown?: ((image: HTMLImageElement) => (() => void) | void) | undefined;
  /** What is said in the frame in place of a photo. */
  children?: ReactNode;
}

/** A frame of fixed ratio: placeholder, photo, and for the time of a fade the photo before. */
export function PhotoFrame({ photo, sizes, onShown, children }: PhotoFrameProps) {
  const before = usePrevious(photo);
  return (
    <div className="random-photo-frame" part="frame">
      {before && <Layer key={before.id} photo={before} sizes={sizes} leaving />}
      {photo && <Layer key={photo.id} photo={photo} sizes={sizes} onShown={onShown} />}
      {children}
    </div>
  );
}

interface LayerProps extends Pick<PhotoFrameProps, "sizes" | "onShown"> {
  photo: Photo;
  leaving?: boolean;
}

function Layer({ photo, sizes, onShown, leaving }: LayerProps) {
  const image = useRef<HTMLImageElement>(null);
  const [status, setStatus] = useState<"loading" | "shown" | "broken">("loading");
  useEffect(() => {
    const { current } = image;
    let done: (() => void) | void;
    let here = true;
    current!.decode().then(
      () => {
        if (!here) return;
        setStatus("shown");
        done = onShown?.(current!);
      },
      () => here && setStatus("broken"),
    );
    return () => {
      here = false;
      done?.();
    };
  }, [photo.src, onShown]);
  return (
    <div className="random-photo-layer" data-status={status} data-leaving={leaving} aria-hidden={leaving}>
      {photo.placeholder && <Placeholder photo={photo} />}
      <img
        ref={image}
        className="random-photo-image"
        part="image"
        src={photo.src}
        srcSet={srcSetOf(photo)}
        sizes={sizes}
        width={photo.width}
        height={photo.height}
        alt={altOf(photo)}
      />
      {status === "broken" && <p className="random-photo-message" part="message">This photo did not arrive.</p>}
    </div>
  );
}

/** The alt text; none where the caption below says the same, or it would be read twice. */
export function altOf({ alt = "", caption }: Photo): string {
  return alt === caption ? "" : alt;
}

function usePrevious(photo: Photo | undefined): Photo | undefined {
  const [pair, setPair] = useState<(Photo | undefined)[]>([photo]);
  if (photo && photo.id !== pair[0]?.id) setPair([photo, pair[0]]);
  return pair[1];
}
