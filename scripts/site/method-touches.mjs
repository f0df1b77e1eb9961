/**
 * Where each method touches CLIP, for its figure. `words`: the context around the class name; `text`, `vision`: tokens
 * of the layers (`deep`, `upper`, `first`) or changes inside (`inside`); `features`: changes of the towers' outputs;
 * `beside`: what votes alongside zero-shot CLIP; `arrows`: what is computed from what; `frozen`: the loss compares with
 * the frozen CLIP; `test`: it adapts to test images.
 */
export const touches = {
  clip: {},
  'linear-probe': { beside: 'linear probe' },
  'tip-adapter': { beside: 'cache of the shots' },
  'tip-adapter-f': { beside: 'trained cache of the shots' },
  gda: { beside: 'Gaussians of the shots' },
  'clip-adapter': { features: { vision: 'adapter' } },
  taskres: { features: { text: 'residual' } },
  lpplusplus: { beside: 'linear probe, blended' },
  clap: { features: { text: 'prototypes' }, frozen: true },
  coop: { words: true },
  cocoop: { words: true, arrows: ['image → words'] },
  vpt: { vision: 'deep' },
  ivlp: { words: true, text: 'deep', vision: 'deep' },
  maple: { words: true, text: 'deep', vision: 'deep', arrows: ['text → vision'] },
  kgcoop: { words: true, frozen: true },
  prograd: { words: true, frozen: true },
  promptsrc: { words: true, text: 'deep', vision: 'deep', frozen: true },
  'clip-lora': { text: 'inside', vision: 'inside' },
  mma: { text: 'inside upper', vision: 'inside upper', arrows: ['shared'] },
  tcp: { words: true, text: 'upper', arrows: ['classes → text'], frozen: true },
  rpo: { text: 'readers', vision: 'readers' },
  plot: { words: true, beside: 'optimal transport with patches' },
  plotpp: { words: true, vision: 'first', beside: 'optimal transport of the prompts' },
  tpt: { words: true, test: 'augmented views' },
  mmrl: { text: 'upper', vision: 'upper', arrows: ['shared'], frozen: true },
  dept: { words: true, beside: 'linear probe' },
  coprompt: {
    words: true,
    text: 'deep',
    vision: 'deep',
    arrows: ['text → vision'],
    features: { text: 'adapter', vision: 'adapter' },
    frozen: true,
  },
  hicropl: { text: 'deep', vision: 'deep', arrows: ['text → vision', 'vision → text'], frozen: true },
  mmrlpp: { text: 'upper', vision: 'upper', arrows: ['shared'], frozen: true },
  dgprompt: {
    words: true,
    text: 'deep',
    vision: 'deep',
    arrows: ['text → vision', 'vision → text'],
    beside: 'memory of the shots',
    frozen: true,
  },
  'dgprompt-first': {
    words: true,
    text: 'deep',
    vision: 'deep',
    arrows: ['text → vision', 'vision → text'],
    frozen: true,
  },
};
