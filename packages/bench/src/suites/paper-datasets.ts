/** The papers' eleven datasets, in the order of their tables. */
export const elevenDatasets = [
  'imagenet',
  'caltech-101',
  'oxford_pets',
  'stanford_cars',
  'oxford_flowers',
  'food-101',
  'fgvc_aircraft',
  'sun397',
  'dtd',
  'eurosat',
  'ucf101',
] as const;

/** The variants of ImageNet, in the order of the papers' tables. */
export const imagenetVariants = [
  'imagenetv2',
  'imagenet-sketch',
  'imagenet-adversarial',
  'imagenet-rendition',
] as const;
