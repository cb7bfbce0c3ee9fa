export { createPhotoClient, type PhotoClient } from "../client/client.js";
export type * from "../client/types.js";
export { watchView } from "../client/view.js";
export { formatDate } from "../text/date.js";
export type { Strings } from "../text/strings.js";
export { RandomPhoto, type RandomPhotoProps } from "./RandomPhoto.js";
export { toSlide, type Slide } from "./slide.js";
export { useRandomPhoto, type RandomPhotoHandle, type RandomPhotoOptions } from "./useRandomPhoto.js";
