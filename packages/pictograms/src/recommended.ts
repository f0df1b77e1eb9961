/**
 * Settings of methods for these tasks and the mini-CLIP, `dgprompt bench --settings recommended`, chosen on validation
 * images of base classes: by `dgprompt search`, of eight settings for every method with one seed
 * (docs/results/search.md of the repository); DGPrompt's in a pilot of seventeen settings with up to three seeds.
 * Published numbers are for CLIPs a hundred times the size.
 *
 * @example
 * ```ts
 * import { recommendedSettings } from '@dgprompt/pictograms';
 *
 * console.log(recommendedSettings.maple); // lr=0.0035+epochs=3+tokens=4
 * ```
 */
export const recommendedSettings: Readonly<Record<string, string>> = {
  coop: 'lr=0.002',
  cocoop: 'lr=0.006+reduction=4',
  vpt: 'lr=0.0075+epochs=3',
  ivlp: 'lr=0.0105+textTokens=4+visionTokens=4',
  maple: 'lr=0.0035+epochs=3+tokens=4',
  kgcoop: 'lr=0.02+epochs=200+knowledge=2',
  prograd: 'lr=0.02+epochs=50+tokens=4',
  promptsrc: 'lr=0.0075+retention.text=12.5+retention.image=5+retention.logits=0.5',
  dgprompt: 'lr=0.035+retention.blend=0.75+average.mean=4+guidance.text=none',
  'dgprompt-first': 'lr=0.035+retention.text=12.5+retention.image=5+retention.logits=0.5',
};
