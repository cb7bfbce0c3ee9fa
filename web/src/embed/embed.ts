import { createElement as draw } from "react";
import { createRoot, type Root } from "react-dom/client";
import type { GallerySettings, Photo } from "../client/types.js";
import { tellOwner } from "../react/console.js";
import { RandomPhoto, type RandomPhotoProps } from "../react/RandomPhoto.js";
import componentStyle from "../react/style.css?inline";
import type { RandomPhotoHandle } from "../react/useRandomPhoto.js";
import { translate } from "../text/languages.js";
import type { Strings } from "../text/strings.js";
import hostStyle from "./host.css?inline";

/** The stack writes this constant into the first line of the published file. */
declare const GALLERY_CONFIG: (GallerySettings & { lang?: string }) | undefined;

const config = typeof GALLERY_CONFIG === "undefined" ? { apiUrl: "" } : GALLERY_CONFIG;

/** Attributes, each the prop of the same name: `api-url` is `apiUrl`. */
const ATTRIBUTES = [
  "api-url",
  "api-key",
  "catalog-url",
  "album",
  "orientation",
  "seed",
  "photo",
  "lang",
  "label",
  "strings",
  "sizes",
  "load",
  "loading",
  "frame",
  "link",
  "views",
  "keep",
];

/** `<random-photo>`: the React component in a shadow root, where no style of the page reaches it. */
class RandomPhotoElement extends HTMLElement {
  static observedAttributes = ATTRIBUTES;
  #root: Root | undefined;
  #handle: { current: RandomPhotoHandle | null } = { current: null };

  /** Show another photo. */
  next(): void {
    this.#handle.current?.next();
  }

  /** Show the photo of this id. */
  show(id: string): void {
    this.#handle.current?.show(id);
  }

  connectedCallback(): void {
    if (!this.shadowRoot) {
      const style = new CSSStyleSheet();
      style.replaceSync(hostStyle + componentStyle);
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [style];
    }
    this.#root ??= createRoot(this.shadowRoot!);
    this.#draw();
  }

  /** An element that is only moved is connected again before this turn ends. */
  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#root?.unmount();
      this.#root = undefined;
    });
  }

  attributeChangedCallback(): void {
    if (this.#root) this.#draw();
  }

  #draw(): void {
    this.#root!.render(draw(RandomPhoto, this.#props()));
  }

  #fire = (name: string, detail: unknown) => void this.dispatchEvent(new CustomEvent(name, { detail }));

  #props(): RandomPhotoProps {
    const given: Record<string, string> = {};
    for (const name of ATTRIBUTES) {
      const value = this.getAttribute(name);
      if (value) given[name.replace(/-./, (dash) => dash[1]!.toUpperCase())] = value;
    }
    const { link, strings, ...attributes } = given;
    // The page's own language; only where it says none, the gallery's or the visitor's.
    const lang = this.closest<HTMLElement>("[lang]")?.lang || config.lang || navigator.language;
    return {
      // Settings of another gallery do not mix with those of this one.
      ...(attributes["apiUrl"] ? { apiUrl: "" } : { ...config, ...(link !== "none" && { pageUrl: PAGE }) }),
      prefetch: "interest",
      lang,
      ...attributes,
      strings: { ...translate(attributes["lang"] ?? lang), ...readStrings(strings) },
      handle: this.#handle,
      onPhoto: (photo: Photo) => this.#fire("photo", photo),
      onError: (problem) => this.#fire("error", problem),
    };
  }
}

/** The words that the page gives as JSON; where they cannot be read, ours are said, and the owner is told. */
function readStrings(json = "{}"): Partial<Strings> {
  try {
    return JSON.parse(json) as Partial<Strings>;
  } catch {
    tellOwner(`The attribute strings is no JSON, so it is left out: ${json}. Write it as strings='{"another": "…"}'.`);
    return {};
  }
}

/** The gallery's page is published beside its catalog, wherever this script was copied to. */
const PAGE = config.catalogUrl?.replace(/[^/]*$/, "site/index.html");

if (!customElements.get("random-photo")) customElements.define("random-photo", RandomPhotoElement);
