import type * as React from "react";

/** The attributes of `<random-photo>`; each is the prop of the same name. */
export interface RandomPhotoAttributes extends React.HTMLAttributes<HTMLElement> {
  "api-url"?: string;
  "api-key"?: string;
  "catalog-url"?: string;
  album?: string;
  orientation?: "landscape" | "portrait" | "square";
  seed?: string;
  photo?: string;
  label?: string;
  /** What is said, as JSON: see `Strings`. */
  strings?: string;
  sizes?: string;
  load?: "click";
  loading?: "lazy" | "eager";
  frame?: "photo";
  /** `none`: a click on the photo opens nothing. */
  link?: "none";
  views?: "off";
  keep?: "visit" | "month" | "none";
}

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "random-photo": React.DetailedHTMLProps<RandomPhotoAttributes, HTMLElement>;
    }
  }
}
