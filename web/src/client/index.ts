export { createPhotoClient, type PhotoClient } from "./client.js";
export type { GalleryError } from "./errors.js";
export type * from "./types.js";
export { watchView } from "./view.js";
