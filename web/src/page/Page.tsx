import { useCallback, useEffect, useRef } from "react";
import type { Photo } from "../client/types.js";
import { watchView } from "../client/view.js";
import { PhotoCaption } from "../react/PhotoCaption.js";
import { PhotoFrame } from "../react/PhotoFrame.js";
import { useRandomPhoto } from "../react/useRandomPhoto.js";
import { sayProblem } from "../text/problem.js";
import type { PageSettings } from "./config.js";

/** The front door of a gallery: one large photo with its words, and a way to the next. */
export function Page({ settings }: { settings: PageSettings | undefined }) {
  return settings ? <Plate settings={settings} /> : <p className="message">{sayProblem({ name: "not-configured" })}</p>;
}

function Plate({ settings }: { settings: PageSettings }) {
  const stage = useRef<HTMLElement>(null);
  const sizesOf = useCallback((photo: Photo) => sizesIn(stage.current!, photo), []);
  const { state, busy, next, prepare, client } = useRandomPhoto(settings, sizesOf);
  const photo = "photo" in state ? state.photo : undefined;
  const onShown = useCallback((image: HTMLImageElement) => {
    prepare();
    return photo && watchView(image, () => client.sendView(photo));
  }, [photo, prepare, client]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => event.key === "ArrowRight" && next();
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [next]);
  return (
    <main ref={stage} data-status={state.status}>
      <figure>
        <PhotoFrame photo={photo} sizes={photo ? sizesOf(photo) : ""} onShown={onShown}>
          {"problem" in state && !photo && <p className="message" role="alert">{sayProblem(state.problem)}</p>}
        </PhotoFrame>
        <figcaption>{photo && <PhotoCaption photo={photo} lang={settings.lang} />}</figcaption>
      </figure>
      <footer>
        <button type="button" onClick={next} onPointerEnter={prepare} aria-busy={busy}>
          {photo ? "Another photo" : "Try again"}
        </button>
        {state.status === "stale" && <p className="note">{sayProblem(state.problem)} This photo comes from its catalog.</p>}
      </footer>
    </main>
  );
}

/** The width that a photo will have in the frame, as a `sizes` attribute. */
function sizesIn(stage: HTMLElement, { width, height }: Photo): string {
  const frame = stage.querySelector(".random-photo-frame")!.getBoundingClientRect();
  return `${Math.ceil(Math.min(frame.width, (frame.height * width) / height))}px`;
}
