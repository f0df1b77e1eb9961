import { cocoop } from './cocoop.js';
import { coop } from './coop.js';
import type { MethodFactory } from './define-method.js';
import { ivlp } from './ivlp.js';
import { maple } from './maple.js';
import { promptsrc } from './promptsrc.js';
import { vpt } from './vpt.js';

/** A published implementation: which method of ours it is, and what ours calls its parameters and settings. */
export interface Published {
  method: MethodFactory;
  /** Our options, of the settings by the names that the published code has for them. */
  options(settings: Record<string, string>): Record<string, unknown>;
  /** Where a parameter stands in our tree, `text.1`; undefined where the name is none of this method's. */
  parameter(name: string): string | undefined;
}

const ours = (method: unknown) => method as MethodFactory;
const context = ({ n_ctx, ctx_init }: Record<string, string>) => ({ tokens: Number(n_ctx), start: ctx_init ?? '' });
const towers = (settings: Record<string, string>) => ({
  textTokens: Number(settings.n_ctx_text ?? settings.n_ctx),
  visionTokens: Number(settings.n_ctx_vision ?? settings.n_ctx),
  textDepth: Number(settings.depth),
  visionDepth: Number(settings.depth),
  start: settings.ctx_init ?? '',
});

/** Parameters of prompts that stand in the towers themselves (VPT, IVLP, PromptSRC). */
function inTowers(name: string): string | undefined {
  if (name === 'prompt_learner.ctx') return 'text.0';
  if (name === 'image_encoder.VPT') return 'visual.0';
  const deeper = /^(image|text)_encoder\.transformer\.resblocks\.(\d+)\.VPT_shallow$/.exec(name);
  return deeper ? `${deeper[1] === 'image' ? 'visual' : 'text'}.${deeper[2]}` : undefined;
}

function inMaple(name: string): string | undefined {
  const short = name.replace(/^prompt_learner\./, '');
  if (short === 'ctx') return 'text.0';
  if (/^proj\.(weight|bias)$/.test(short)) return short.replace('proj', 'visual.0');
  const deeper = (index: string) => Number(index) + 1;
  const text = /^compound_prompts_text\.(\d+)$/.exec(short);
  if (text) return `text.${deeper(text[1]!)}`;
  const visual = /^compound_prompt_projections\.(\d+)\.(weight|bias)$/.exec(short);
  return visual ? `visual.${deeper(visual[1]!)}.${visual[2]}` : undefined;
}

function inCocoop(name: string): string | undefined {
  const short = name.replace(/^prompt_learner\./, '');
  if (short === 'ctx') return 'context';
  const layer = /^meta_net\.linear([12])\.(weight|bias)$/.exec(short);
  return layer ? `metaNet.${layer[1] === '1' ? 'down' : 'up'}.${layer[2]}` : undefined;
}

/** The published implementations that numbers or checkpoints of ours can be compared with, by our method's id. */
export const published: Readonly<Record<string, Published>> = {
  coop: {
    method: ours(coop),
    options: settings => ({
      ...context(settings),
      csc: settings.csc === 'true',
      position: settings.class_token_position ?? 'end',
    }),
    parameter: name => (/^(prompt_learner\.)?ctx$/.test(name) ? 'context' : undefined),
  },
  cocoop: { method: ours(cocoop), options: context, parameter: inCocoop },
  vpt: {
    method: ours(vpt),
    options: ({ n_ctx_vision, depth_vision }) => ({ tokens: Number(n_ctx_vision), depth: Number(depth_vision) }),
    parameter: inTowers,
  },
  ivlp: { method: ours(ivlp), options: towers, parameter: inTowers },
  maple: {
    method: ours(maple),
    options: settings => ({ ...context(settings), depth: Number(settings.depth) }),
    parameter: inMaple,
  },
  promptsrc: {
    method: ours(promptsrc),
    options: settings => ({
      ...towers(settings),
      ...(settings.templates && { retainTemplates: JSON.parse(settings.templates) as string[] }),
      ...(settings.text_weight && { retainText: Number(settings.text_weight) }),
      ...(settings.image_weight && { retainImage: Number(settings.image_weight) }),
    }),
    parameter: inTowers,
  },
};

/** Whether PyTorch has this parameter as [out, in] where our tree has [in, out]. */
export const isTransposed = (parameter: string): boolean => /\.weight$/.test(parameter);
