/**
 * URLs of the files of the small CLIP in this package, for `loadClip`. Vite and webpack copy the files; for other
 * bundlers, copy this package's folder `model` and pass its URL to `loadClip`.
 */
export const miniClip: Readonly<Record<string, URL>> = {
  'model.safetensors': new URL('../../model/model.safetensors', import.meta.url),
  'config.json': new URL('../../model/config.json', import.meta.url),
  'tokenizer.json': new URL('../../model/tokenizer.json', import.meta.url),
};
