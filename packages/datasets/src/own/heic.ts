import { isHeicName } from '../files/listing.js';

/** Skips HEIC files if they cannot be decoded, and counts them. */
export interface HeicFilter {
  /** The paths of images that can be decoded. */
  keep(paths: string[]): Promise<string[]>;
  /** One sentence about those that were skipped; undefined if there were none. */
  warning(name: string): string | undefined;
}

/** A filter for the images of one dataset. */
export function heicFilter(): HeicFilter {
  let leftOut = 0;
  let canDecode: boolean | undefined;
  return {
    async keep(paths) {
      const kept = paths.filter(path => !isHeicName(path));
      if (kept.length === paths.length) return paths;
      canDecode ??= (await import('@dgprompt/images')).canDecodeHeic();
      if (canDecode) return paths;
      leftOut += paths.length - kept.length;
      return kept;
    },
    warning: name => (leftOut === 0 ? undefined : `${name}: ${heicSentence(leftOut)}`),
  };
}

/** Advice for this many of them. */
export const heicSentence = (count: number): string =>
  `${count} ${count === 1 ? 'image is HEIC and is' : 'images are HEIC and are'} left out; ` +
  `convert ${count === 1 ? 'it' : 'them'} to JPEG, as with \`heif-convert -q 95 photo.heic photo.jpg\`.`;
