import { useCallback, useRef, useState } from "react";
import type { Photo, PhotoState } from "../client/types.js";
import { watchView } from "../client/view.js";
import { useLayers } from "../react/useLayers.js";
import { useRandomPhoto } from "../react/useRandomPhoto.js";
import { sayProblem, sayState } from "../text/problem.js";
import { Albums } from "./Albums.js";
import type { PageSettings } from "./config.js";
import { Face } from "./Face.js";
import { Plate, sizeIn } from "./Plate.js";
import { idInAddress, useArrows, useHistory } from "./navigation.js";

/** The front door of a gallery: one large photo with its words, and a way to the next. */
export function Page({ settings }: { settings: PageSettings }) {
  const stage = useRef<HTMLDivElement>(null);
  const [start, setStart] = useState<{ album?: string; photo?: string | undefined }>(() => ({ photo: idInAddress() }));
  const sizesOf = (photo: Photo) => `${sizeIn(stage.current!, photo)}px`;
  const { state, busy, own, next, show, prepare, client } = useRandomPhoto({ ...settings, ...start }, sizesOf);
  const photo = "photo" in state ? state.photo : undefined;
  const layers = useLayers(photo);
  const back = useHistory(photo, show);
  useArrows(next, back);
  const onShown = useCallback(
    (image: HTMLImageElement) => {
      prepare();
      return watchView(image, () => client.sendView(photo!));
    },
    [client, photo, prepare],
  );
  return (
    <main className="random-photo" data-status={state.status}>
      <header>
        {settings.apiUrl && <Albums client={client} chosen={start.album} onChoose={(album) => setStart({ album })} />}
      </header>
      <div ref={stage} className="stage">
        {layers.map((layer) => (
          <Plate
            key={layer.turn}
            photo={layer.photo}
            lang={settings.lang}
            sizesOf={sizesOf}
            leaving={layer.leaving}
            onShown={layer.leaving ? undefined : onShown}
            onClick={next}
            note={state.status === "stale" ? sayProblem(state.problem) : undefined}
          />
        ))}
        {"problem" in state && !photo && <Face problem={state.problem} />}
      </div>
      {settings.apiUrl && (
        <div className="ways">
          <button type="button" onClick={back} disabled={!back} aria-label="The photo before">
            <span aria-hidden>←</span>
          </button>
          <button type="button" className="next" onClick={next} onPointerEnter={prepare} aria-busy={busy}>
            {failed(state) ? "Try again" : "Another photo"} <span aria-hidden>→</span>
          </button>
        </div>
      )}
      <span part="status" role="status">{own && sayState(state)}</span>
    </main>
  );
}

/** Whether asking once more may help: a photo that is gone stays away, others are there. */
function failed(state: PhotoState): boolean {
  return !("photo" in state) && "problem" in state && state.problem.name !== "no-such-photo";
}
