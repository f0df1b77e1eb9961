import type { ClipConfig } from '../config.js';
import type { PartialConfig } from './shapes.js';

/**
 * OpenAI's own files, by the hashes in their addresses: they have no config, and everything is as in OpenAI's models.
 */
const openAi: ReadonlySet<string> = new Set([
  'afeb0e10f9e5a86da6080e35cf09123aca3b358a0c3e3b6c78a7b63bc04b6762', // RN50
  '8fa8567bab74a42d41c5915025a8e4538c3bdbe8804a470a72f30b0d94fab599', // RN101
  '7e526bd135e493cef0776de27d5f42653e6b4c8bf9e0f653bb11773263205fdd', // RN50x4
  '52378b407f34354e150460fe41077663dd5b39c54cd0bfd2b27167a4a06ec9aa', // RN50x16
  'be1cfb55d75a9666199fb2206c106743da0f6468c9d327f3e0d0a543a9919d9c', // RN50x64
  '40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af', // ViT-B/32
  '5806e77cd80f8b59890b7e101eabd078d9fb84e6937f9e85e4ecb61988df416f', // ViT-B/16
  'b8cca3fd41ae0c99ba7e8951adf17d267cdb84cd88be6f7c2e0eca1737a03836', // ViT-L/14
  '3035c92b350959924f9f00213499208652fc7ea050643e8b385c2dac08641f02', // ViT-L/14@336px
]);

/**
 * One sentence about what had to be assumed about a checkpoint; undefined if its config specifies everything.
 *
 * @param shown the file or folder
 * @param given its config, and what the caller gave
 * @param weights their hash
 * @param usual the usual settings of its family, and whether its preparation of images is also the usual one
 */
export function assumption(
  shown: string,
  given: PartialConfig,
  { activation, vision, text }: ClipConfig,
  weights: string,
  { preparation, ...usual }: PartialConfig & { preparation: boolean },
): string | undefined {
  if (openAi.has(weights)) return undefined;
  const knowsVision = vision.widths || given.vision?.heads !== undefined || given.vision?.headWidth !== undefined;
  const guessesHeads = given.text?.heads === undefined || !knowsVision;
  const shownHeads = vision.widths ? `${text.heads}` : `${vision.heads} and ${text.heads}`;
  const assumed = [
    ...(guessesHeads ? [`${shownHeads} heads in its towers (width / 64)`] : []),
    ...(given.activation === undefined ? [`the activation ${vision.activation ?? activation}`] : []),
    ...familySettings(given, usual),
  ];
  if (assumed.length === 0) return undefined;
  const whose = Object.keys(usual).length === 0 ? "OpenAI's" : 'the usual';
  const prepared = preparation ? ` and ${whose} preparation of images` : '';
  const are = assumed.length === 1 && !preparation ? 'is' : 'are';
  return (
    `${shown} has no config next to it that gives them, so ${assumed.join(', ')}${prepared} ${are} assumed; ` +
    `results are wrong if it was trained otherwise: add its config.json or open_clip_config.json, or name one (--model-config).`
  );
}

/** The usual settings of a family that no config gives. */
function familySettings(given: PartialConfig, usual: PartialConfig): string[] {
  return (['vision', 'text'] as const).flatMap(tower => {
    const known = { ...given[tower] } as Record<string, unknown>;
    return Object.entries(usual[tower] ?? {}).flatMap(([name, value]) =>
      known[name] === undefined && (name !== 'activation' || given.activation === undefined)
        ? [`${tower}.${name} ${value}`]
        : [],
    );
  });
}

const said = new Set<string>();

/** Prints a sentence to stderr, once per process. */
export function warnOnce(sentence: string): void {
  if (said.has(sentence)) return;
  said.add(sentence);
  console.warn(sentence);
}
