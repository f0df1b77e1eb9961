const person = 'a photo of a person doing';
const common = ['a photo of a', 'this is a photo', 'this is picture of', 'one picture of a'] as const;

/** The words that initialise PLOT++'s contexts, as published; the default for other datasets. */
export const plotPlusPlusWords: Readonly<Record<string, string[]>> = {
  imagenet: [common[0], common[1], 'this is a', common[3]],
  dtd: ['a photo of a texture', 'this is a photo texture', 'this is a picture texture', 'one picture of a texture'],
  eurosat: [
    'a centered satellite photo of',
    'a centered satellite picture of',
    'this is centered satellite photo of',
    'one centered satellite photo of a',
  ],
  fgvc_aircraft: [
    'a photo of an aircraft',
    'a picture of an aircraft',
    'this is aircraft picture of',
    'one picture of an aircraft',
  ],
  'food-101': ['a photo of a food', 'this is a food photo', 'this is food picture of', 'one picture of a food'],
  oxford_flowers: [
    'a photo of a flower',
    'one picture of a flower',
    'this is flower picture of',
    'one picture of a flower',
  ],
  oxford_pets: ['a photo of a pet', 'one picture of a pet', 'this is pet picture of', 'one picture of a pet'],
  ucf101: [person, 'this is a photo people doing', 'this is picture of people doing', 'one picture of a person doing'],
};
