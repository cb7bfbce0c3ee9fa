import { useState } from "react";
import type { Photo } from "../client/types.js";
import { nameOf } from "../text/problem.js";
import type { PageSettings } from "./settings.js";

/** Hand a photo's address on: by the share sheet where there is one, else by the clipboard, which is said. */
export function useShare({ apiUrl }: PageSettings, lang: string, copied: string): [said: string, share: (photo: Photo) => void] {
  const [said, setSaid] = useState("");
  async function share(photo: Photo): Promise<void> {
    // The address that has a picture and a title in link previews.
    const url = `${apiUrl.replace(/\/*$/, "")}/p/${photo.id}`;
    // On a desktop the sheet is a detour; a pasted address is what is wanted.
    if (navigator.share && matchMedia("(pointer: coarse)").matches) {
      return navigator.share({ url, title: nameOf(photo, lang) }).catch(() => undefined);
    }
    setSaid("");
    await navigator.clipboard?.writeText(url).then(
      () => setSaid(copied),
      () => setSaid(url),
    );
    if (!navigator.clipboard) setSaid(url);
    setTimeout(setSaid, 4000, "");
  }
  return [said, (photo) => void share(photo)];
}
