const titles: Record<string, string> = {
  clip: 'CLIP',
  'linear-probe': 'linear probe',
  coop: 'CoOp',
  cocoop: 'CoCoOp',
  vpt: 'VPT',
  ivlp: 'IVLP',
  maple: 'MaPLe',
  kgcoop: 'KgCoOp',
  prograd: 'ProGrad',
  promptsrc: 'PromptSRC',
  dgprompt: 'DGPrompt',
};

/**
 * A method's name as its paper writes it; an unknown one stays as it is, and so does what follows the name
 * (`coop:csc`).
 */
export function methodTitle(id: string): string {
  return id.replace(/^[a-z-]+/, name => titles[name] ?? name);
}
