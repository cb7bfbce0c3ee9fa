import type { ComponentType } from "react";
import type { PhotoClient } from "../client/client.js";
import type { Photo } from "../client/types.js";
import { nameOf } from "../text/problem.js";
import type { Strings } from "../text/strings.js";
import type { PageSettings } from "./settings.js";
import type { PageStrings } from "./strings.js";
import type { Address } from "./useAddress.js";

/** What every mode of the page is given. */
export interface ModeProps {
  settings: PageSettings;
  lang: string;
  /** What is said on a photo, and on the page. */
  strings: Strings;
  page: PageStrings;
  address: Address;
}

export interface LargeProps extends Omit<ModeProps, "address"> {
  client: PhotoClient;
  photo: Photo;
  onNext?: (() => void) | undefined;
  onBack?: (() => void) | undefined;
  onClose: () => void;
  /** Photos that may be wanted next. */
  near?: (Photo | undefined)[];
}

/** A part of the page that has a file of its own. */
export type Part<Props> =
  | { status: "loading"; Component?: undefined }
  | { status: "ready"; Component: ComponentType<Props> }
  | { status: "lost"; Component?: undefined; again: () => void };

/** So long may a title be before a browser, or a messenger, cuts it. */
const TITLE = 70;

/** What the browser's tab says. */
export function titleOf(photo: Photo | undefined, { title }: PageSettings, lang: string, fallback: string): string {
  const gallery = title || fallback;
  const name = photo && nameOf(photo, lang);
  if (!name) return shorten(gallery, TITLE);
  return `${shorten(name, Math.max(20, TITLE - gallery.length - 3))} – ${shorten(gallery, TITLE - 23)}`;
}

function shorten(text: string, most: number): string {
  const letters = [...text];
  return letters.length > most ? `${letters.slice(0, most - 1).join("").trimEnd()}…` : text;
}
