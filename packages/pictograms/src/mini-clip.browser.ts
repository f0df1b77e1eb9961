/**
 * The files of the small CLIP in this package, for `loadClip`: where they are. Vite and webpack copy them; for other
 * bundlers, copy the folder `model` of this package and give `loadClip` its address.
 */
export const miniClip: Readonly<Record<string, URL>> = {
  'model.safetensors': new URL('../../model/model.safetensors', import.meta.url),
  'config.json': new URL('../../model/config.json', import.meta.url),
  'tokenizer.json': new URL('../../model/tokenizer.json', import.meta.url),
};
