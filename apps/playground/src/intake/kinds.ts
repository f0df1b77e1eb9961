const types: Record<string, string> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
  bmp: 'image/bmp',
  avif: 'image/avif',
  heic: 'image/heic',
  heif: 'image/heic',
};

const ending = (name: string): string => name.slice(name.lastIndexOf('.') + 1).toLowerCase();

export const typeOf = (name: string): string => types[ending(name)] ?? '';

/** Whether a file is a picture by its name, excluding those that systems put next to pictures. */
export const isPictureName = (path: string): boolean =>
  typeOf(path) !== '' &&
  !path.split('/').some(part => part.startsWith('.') || part === '__MACOSX' || part === '@eaDir');

export const isHeicName = (name: string): boolean => typeOf(name) === 'image/heic';

let heic: Promise<boolean> | undefined;

/** Whether this browser decodes HEIC, tested on the first such picture. */
export const decodesHeic = (file: Blob): Promise<boolean> => {
  heic ??= createImageBitmap(file).then(
    bitmap => {
      bitmap.close();
      return true;
    },
    () => false,
  );
  return heic;
};
