export { createPhotoClient, type PhotoClient } from "./client.js";
export { GalleryError } from "./errors.js";
export { prepareImage, srcSetOf } from "./prepare.js";
export { render } from "./render.js";
export type * from "./types.js";
export { watchView } from "./view.js";
