import { createElement } from "react";
import { createRoot, type Root } from "react-dom/client";
import type { GallerySettings } from "../client/types.js";
import { RandomPhoto, type RandomPhotoProps } from "../react/RandomPhoto.js";
import componentStyle from "../react/style.css?inline";
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
  "load",
  "views",
];

/** `<random-photo>`: the React component in a shadow root, where no style of the page reaches it. */
class RandomPhotoElement extends HTMLElement {
  static observedAttributes = ATTRIBUTES;
  #root: Root | undefined;

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
    this.#root!.render(createElement(RandomPhoto, this.#props()));
  }

  #props(): RandomPhotoProps {
    const given: Record<string, string> = {};
    for (const name of ATTRIBUTES) {
      const value = this.getAttribute(name);
      if (value) given[name.replace(/-./, (dash) => dash[1]!.toUpperCase())] = value;
    }
    const lang = this.closest("[lang]")?.getAttribute("lang") || config.lang;
    // Settings of another gallery do not mix with those of this one.
    return { lang, ...(given["apiUrl"] ? { apiUrl: "" } : config), prefetch: "interest", ...given };
  }
}

if (!customElements.get("random-photo")) customElements.define("random-photo", RandomPhotoElement);
