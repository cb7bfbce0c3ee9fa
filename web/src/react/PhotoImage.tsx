import { useEffect, useRef, useState, type CSSProperties } from "react";
import { srcSetOf } from "../client/prepare.js";
import type { Photo } from "../client/types.js";
import { onOnline } from "./online.js";
import { Placeholder } from "./Placeholder.js";
import { useEvent } from "./useEvent.js";

export interface PhotoImageProps {
  photo: Photo;
  /** The `sizes` of the `<img>`. */
  sizesOf: (photo: Photo) => string;
  /** Called with the `<img>` once it is decoded; what it returns is called when the photo goes. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a callback may return nothing
  onShown?: ((image: HTMLImageElement) => (() => void) | void) | undefined;
  /** Called where the photo does not arrive. */
  onBroken?: (() => void) | undefined;
  loading?: "lazy" | "eager" | undefined;
  /** What is said where the photo does not arrive. */
  broken: string;
}

/**
 * A photo, over its placeholder until it is there; where it never comes, that is said. The two share one box of the
 * photo's own ratio, so that no line of the placeholder is seen beside the photo.
 */
export function PhotoImage({ photo, sizesOf, onShown, onBroken, loading, broken }: PhotoImageProps) {
  const image = useRef<HTMLImageElement>(null);
  const [sizes] = useState(() => sizesOf(photo));
  // As the server gives it, it is visible without script.
  const [status, setStatus] = useState<"loading" | "shown" | "broken">();
  const [attempt, setAttempt] = useState(0);
  const fail = () => setStatus("broken");
  const settle = useEvent(() => void image.current?.decode().then(() => setStatus("shown"), fail));
  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt has an image of its own
  useEffect(() => {
    if (image.current!.complete) settle();
    else setStatus("loading");
  }, [attempt, settle]);
  const tellBroken = useEvent(() => onBroken?.());
  useEffect(() => {
    if (status === "shown") return onShown?.(image.current!);
    if (status !== "broken") return;
    tellBroken();
    return onOnline(() => setAttempt((before) => before + 1));
  }, [status, onShown, tellBroken]);
  return (
    <div part="image" data-image={status} style={shapeOf(photo)}>
      {photo.placeholder && status !== "broken" && <Placeholder photo={photo} />}
      <img
        key={attempt}
        ref={image}
        part="photo"
        crossOrigin="anonymous"
        srcSet={srcSetOf(photo)}
        sizes={sizes}
        src={photo.src}
        width={photo.width}
        height={photo.height}
        alt={altOf(photo)}
        loading={loading}
        onLoad={settle}
        onError={fail}
      />
      {status === "broken" && <p part="message">{broken}</p>}
    </div>
  );
}

/** What the style sheet has to know of a photo. Without these (a policy may refuse them) it is fitted all the same. */
export function shapeOf({ width, height }: Photo): CSSProperties {
  return { "--ratio": width / height, "--fit": "fill" } as CSSProperties;
}

/** The alt text; none where the caption below says the same, or it would be read twice. */
export function altOf({ alt = "", caption }: Photo): string {
  return alt === caption ? "" : alt;
}
