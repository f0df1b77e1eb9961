/**
 * Methods' settings for these tasks and the mini-CLIP, `dgprompt bench --settings recommended`, chosen on validation
 * images of base classes: by `dgprompt search` from five to eight settings per method with one seed
 * (docs/results/search.md in the repository, and search-two.md for TCP, MMA, MMRL, MMRL++, DePT, CoPrompt, RPO,
 * HiCroPL, CLIP-LoRA, PLOT and PLOT++, on two tasks instead of eleven); DGPrompt's in a pilot of seventeen settings
 * with up to three seeds. Published values are for CLIPs a hundred times the size.
 *
 * @example
 * ```ts
 * import { recommendedSettings } from '@dgprompt/pictograms';
 *
 * console.log(recommendedSettings.maple); // lr=0.0035+epochs=3+tokens=4
 * ```
 */
export const recommendedSettings: Readonly<Record<string, string>> = {
  'tip-adapter-f': 'lr=0.001',
  'clip-adapter': 'lr=0.02',
  taskres: 'lr=0.02+epochs=400+scale=2',
  clap: 'lr=1+constraint=0.25',
  coop: 'lr=0.002',
  cocoop: 'lr=0.006+reduction=4',
  vpt: 'lr=0.0075+epochs=3',
  ivlp: 'lr=0.0105+textTokens=4+visionTokens=4',
  maple: 'lr=0.0035+epochs=3+tokens=4',
  kgcoop: 'lr=0.02+epochs=200+knowledge=2',
  prograd: 'lr=0.02+epochs=50+tokens=4',
  promptsrc: 'lr=0.0075+retention.text=12.5+retention.image=5+retention.logits=0.5',
  tcp: 'lr=0.02+epochs=25',
  mma: 'lr=0.015+epochs=10+scale=0.01',
  mmrl: 'lr=0.003+epochs=20',
  mmrlpp: 'lr=0.003+epochs=5',
  dept: 'lr=0.0105+epochs=20+weight=0.3',
  coprompt: 'lr=0.0105+epochs=16+consistency=8',
  rpo: 'lr=0.01+pairs=48',
  hicropl: 'lr=0.0025+epochs=25+knowledge=24',
  'clip-lora': 'epochs=20+lr=0.0002',
  plot: 'epochs=100+lr=0.006',
  plotpp: 'epochs=10+lr=0.002+prompts=8',
  dgprompt: 'lr=0.035+retention.blend=0.75+average.mean=4+guidance.text=none',
  'dgprompt-first': 'lr=0.035+retention.text=12.5+retention.image=5+retention.logits=0.5',
};
