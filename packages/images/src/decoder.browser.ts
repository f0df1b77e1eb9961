import { pillow } from './pillow.js';

export const decoder = (): string => `fast-png, ${navigator.userAgent}, Pillow ${pillow()}'s pixels`;

/** False: Safari can, but only outside workers and not under this name. */
export const canDecodeHeic = (): boolean => false;
