import { clipLora } from '../zoo/clip-lora.js';
import { visionLayers } from '../zoo/parts/depth.js';
import { anyMethod, matched, type Place, type Published, type PublishedFile, shapeOf } from './types.js';

/** In a saved file: layers of the text tower first, if it was changed, then those of the vision tower. */
const saved = /^weights\.layer_(\d+)\.(?:([qkv])_)?proj\.w_lora_([AB])$/;

/** In a state dict. */
const stated = /^(visual\.)?transformer\.resblocks\.(\d+)\.attn\.(?:([qkv])_)?proj\.w_lora_([AB])$/;

type Towers = 'both' | 'text' | 'vision';

/** The changed towers: those that the file names, or else by the number and width of its layers. */
function towersOf(file: PublishedFile): Towers {
  const given = file.values?.get('metadata.encoder');
  if (given === 'both' || given === 'text' || given === 'vision') return given;
  const { shapes, clip } = file;
  const inState = [...shapes.keys()].map(name => stated.exec(name)).filter(match => match !== null);
  if (inState.length > 0) {
    const visual = new Set(inState.map(match => match[1] !== undefined));
    return visual.size === 2 ? 'both' : visual.has(true) ? 'vision' : 'text';
  }
  const { text, vision } = clip.config;
  const count = new Set(matched(file, saved)).size;
  if (count === text.layers + visionLayers(clip)) return 'both';
  return shapeOf(file, /^weights\.layer_0\.\w+\.w_lora_A$/)?.[1] === text.width && text.width !== vision.width
    ? 'text'
    : 'vision';
}

/** CLIP-LoRA: the file that its `save_lora` writes, or a state dict. */
export const clipLoraFile: Published = {
  method: anyMethod(clipLora),
  options(file) {
    const position = file.values?.get('metadata.position') ?? 'all';
    if (position !== 'all')
      throw new Error(`It changes the blocks at "${position}"; only changes of all blocks can be imported.`);
    const { shapes, values } = file;
    const found = [...shapes.keys()].flatMap(name => {
      const match = saved.exec(name) ?? stated.exec(name);
      return match ? [match.at(-2) ?? 'o'] : []; // a state dict has frozen weights as well
    });
    const alpha = values?.get('metadata.alpha');
    return {
      ...{ rank: shapeOf(file, /w_lora_A$/)?.[0], towers: towersOf(file) },
      parts: [...'qkvo'].filter(part => found.includes(part)).join(''),
      ...(typeof alpha === 'number' && { alpha }),
    };
  },
  parameter(name, file): Place | undefined {
    const place = (tower: string, layer: number | string, part: string | undefined, matrix: string): Place => [
      `${tower}.${layer}.${part ?? 'o'}.${matrix === 'A' ? 'down' : 'up'}`,
      'transposed',
    ];
    const inState = stated.exec(name);
    if (inState) return place(inState[1] ? 'vision' : 'text', inState[2]!, inState[3], inState[4]!);
    const inFile = saved.exec(name);
    if (!inFile) return undefined;
    const textLayers = towersOf(file) === 'vision' ? 0 : file.clip.config.text.layers;
    const layer = Number(inFile[1]);
    return layer < textLayers
      ? place('text', layer, inFile[2], inFile[3]!)
      : place('vision', layer - textLayers, inFile[2], inFile[3]!);
  },
};
