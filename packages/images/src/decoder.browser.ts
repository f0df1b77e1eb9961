import { pillow } from './pillow.js';

export const decoder = (): string => `fast-png, ${navigator.userAgent}, Pillow ${pillow()}'s pixels`;

/** Safari can, but only outside of workers and not under this name. */
export const canDecodeHeic = (): boolean => false;
