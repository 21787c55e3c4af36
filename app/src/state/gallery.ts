// Whether the gallery of samples is open: the menu opens it, and the page where nothing is open yet.

import { create } from "zustand";

export const useGallery = create<{ readonly open: boolean }>()(() => ({ open: false }));

export const openGallery = () => useGallery.setState({ open: true });
export const closeGallery = () => useGallery.setState({ open: false });
