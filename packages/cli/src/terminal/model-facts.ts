import type { Clip, ClipConfig } from '@dgprompt/clip';
import { fullPreparation, preparationName } from '@dgprompt/images';

type Vision = ClipConfig['vision'];

/** Describes a CLIP with all defaults filled in: its towers, image preprocessing, and loading assumptions. */
export function modelFacts({ id, source, config, logitScale, logitBias, preparation, notes }: Clip) {
  const { vision, text, activation, embedDim } = config;
  const { imageSize, patchSize, stages } = vision;
  return {
    ...{ source, id, embedDim, logitScale },
    ...(config.logitBias && { logitBias }),
    scores: config.logitBias ? 'sigmoid' : 'softmax',
    vision: {
      ...{ tower: towerOf(vision), imageSize, patchSize, ...(stages && { stages }) },
      ...blockFacts(vision, activation),
      pooling: stages ? poolingOf(vision) : (vision.pooling ?? 'class'),
      ...(vision.rotary && { rotary: vision.rotary }),
    },
    text: {
      ...{ contextLength: text.contextLength, vocabSize: text.vocabSize },
      ...blockFacts(text, activation),
      ...{ pooling: text.pooling ?? 'end', causal: text.causal ?? true },
    },
    preparation: { ...fullPreparation(preparation), name: preparationName(preparation) },
    notes,
  };
}

const blockFacts = (
  { width, layers, heads, mlpWidth = 4 * width, activation }: Vision | ClipConfig['text'],
  usual: ClipConfig['activation'],
) => ({ width, layers, heads, mlpWidth, activation: activation ?? usual });

const towerOf = ({ stages, widths }: Vision): string =>
  widths ? 'ConvNeXt' : stages ? 'ModifiedResNet' : 'vision transformer';

const poolingOf = ({ widths }: Vision): string => (widths ? 'mean' : 'attention');

/** The same as rows of a table: a name and its value. */
export function modelRows(facts: ReturnType<typeof modelFacts>): [string, string][] {
  const { vision, text, preparation } = facts;
  const { tower, imageSize, patchSize, stages } = vision;
  const inside = stages
    ? `${stages.join(' + ')} blocks, ${vision.activation}`
    : `patches of ${patchSize}, ${blocks(vision)}`;
  const prepared = preparation.name === '' ? "as OpenAI's" : `${preparation.name}; the rest as OpenAI's`;
  return [
    ['model', facts.source],
    ['id', facts.id],
    ['embedding', `${facts.embedDim}`],
    [
      'logits',
      `times ${round(facts.logitScale)}${facts.logitBias === undefined ? '' : `, plus ${round(facts.logitBias)}`}`,
    ],
    ['scores', facts.scores === 'sigmoid' ? "a sigmoid, each class's own" : 'a softmax over classes'],
    ['vision', `${tower}, ${imageSize} pixels, ${inside}, pooling ${vision.pooling}`],
    ['visual prompts', stages ? 'none: a tower of convolutions has no tokens' : 'yes'],
    [
      'text',
      `${text.contextLength} tokens, a vocabulary of ${text.vocabSize}, ${blocks(text)}, pooling ${text.pooling}`,
    ],
    ['images', `${imageSize} pixels, ${prepared}`],
    ...facts.notes.map((note): [string, string] => ['note', note]),
  ];
}

const blocks = ({ layers, width, heads, mlpWidth, activation }: ReturnType<typeof blockFacts>): string =>
  [count(layers, 'layer'), `width ${width}`, count(heads, 'head'), `MLP ${mlpWidth}`, activation].join(', ');

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

const round = (value: number): number => Number(value.toPrecision(6));
