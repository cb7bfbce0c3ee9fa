// Compiled, not run: our photos are those of the libraries that people show photos with.
import type { Photo as AlbumPhoto } from "react-photo-album";
import type { SlideImage } from "yet-another-react-lightbox";
import type { Photo } from "../src/client/types.js";
import { toSlide } from "../src/react/slide.js";

declare const photo: Photo;

export const inAnAlbum: AlbumPhoto = photo;
export const inALightbox: SlideImage = photo;
export const asASlide: SlideImage & { title?: React.ReactNode; description?: React.ReactNode } = toSlide(photo);
