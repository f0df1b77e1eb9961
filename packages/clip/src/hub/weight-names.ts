/** Names that libraries give a model's file, or the index of its shards; of several in a folder, the first is used. */
export const WEIGHT_NAMES = [
  'model.safetensors',
  'model.safetensors.index.json',
  'open_clip_model.safetensors',
  'open_clip_model.safetensors.index.json',
  'pytorch_model.bin',
  'pytorch_model.bin.index.json',
  'open_clip_pytorch_model.bin',
  'open_clip_pytorch_model.bin.index.json',
  'model.pt',
];

/** The small files next to the weights that `loadClip` reads. */
export const NAMES_BESIDE = [
  'config.json',
  'open_clip_config.json',
  'processor_config.json',
  'preprocessor_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
];
