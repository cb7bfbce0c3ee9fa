import { useEffect, useRef, useState } from "react";
import { srcSetOf } from "../client/prepare.js";
import type { Photo } from "../client/types.js";
import { Placeholder } from "./Placeholder.js";

export interface PhotoImageProps {
  photo: Photo;
  /** The `sizes` of the `<img>`. */
  sizesOf: (photo: Photo) => string;
  /** Called with the `<img>` once it is decoded; what it returns is called when the photo goes. */
  onShown?: ((image: HTMLImageElement) => (() => void) | void) | undefined;
}

/** A photo, over its placeholder until it is there; where it never comes, that is said. */
export function PhotoImage({ photo, sizesOf, onShown }: PhotoImageProps) {
  const image = useRef<HTMLImageElement>(null);
  const [sizes] = useState(() => sizesOf(photo));
  const [status, setStatus] = useState<"loading" | "shown" | "broken">("loading");
  useEffect(() => {
    image.current!.decode().then(
      () => setStatus("shown"),
      () => setStatus("broken"),
    );
  }, []);
  useEffect(() => {
    if (status === "shown") return onShown?.(image.current!);
  }, [status, onShown]);
  return (
    <div part="image" data-image={status}>
      {photo.placeholder && status !== "broken" && <Placeholder photo={photo} />}
      <img
        ref={image}
        part="photo"
        srcSet={srcSetOf(photo)}
        sizes={sizes}
        src={photo.src}
        width={photo.width}
        height={photo.height}
        alt={altOf(photo)}
      />
      {status === "broken" && <p part="message">This photo did not arrive.</p>}
    </div>
  );
}

/** The alt text; none where the caption below says the same, or it would be read twice. */
export function altOf({ alt = "", caption }: Photo): string {
  return alt === caption ? "" : alt;
}
