import type { JSX } from 'preact';

const drawn = (path: string) => (): JSX.Element => (
  <svg
    aria-hidden="true"
    width="16"
    height="16"
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    stroke-width="1.6"
    stroke-linecap="round"
    stroke-linejoin="round"
  >
    <path d={path} />
  </svg>
);

export const Cross = drawn('M4 4l8 8M12 4l-8 8');
export const Plus = drawn('M8 3v10M3 8h10');
export const Tick = drawn('M3 8.5l3.2 3.2L13 5');
export const Link = drawn('M6.5 9.5l3-3M7.5 4.5l1-1a2.8 2.8 0 0 1 4 4l-1 1M8.5 11.5l-1 1a2.8 2.8 0 0 1-4-4l1-1');
export const CameraIcon = drawn('M2 5.5h2.5L6 3.5h4l1.5 2H14v7H2zM8 11a2 2 0 1 0 0-4 2 2 0 0 0 0 4z');
export const Download = drawn('M8 2.5v7.5M4.8 7L8 10.2 11.2 7M3 13h10');
export const Picture = drawn('M2.5 3h11v10h-11zM2.5 11l3.5-3.5 3 3 1.8-1.8 2.7 2.7M10.5 6.2h.01');
export const Folder = drawn('M2 4h4l1.5 1.5H14V12.5H2z');
export const Stop = drawn('M4.5 4.5h7v7h-7z');
export const Play = drawn('M5 3.5l7.5 4.5L5 12.5z');
export const Bin = drawn('M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5');
