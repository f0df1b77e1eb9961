import { coprompt } from '../zoo/coprompt.js';
import { dept } from '../zoo/dept.js';
import { hicropl } from '../zoo/hicropl.js';
import { mma } from '../zoo/mma.js';
import { mmrl } from '../zoo/mmrl.js';
import { mmrlpp } from '../zoo/mmrlpp.js';
import { sharedLayers } from '../zoo/parts/depth.js';
import { plot } from '../zoo/plot.js';
import { plotpp } from '../zoo/plotpp.js';
import { rpo } from '../zoo/rpo.js';
import { tcp } from '../zoo/tcp.js';
import { clipLoraFile } from './clip-lora.js';
import { inHicropl } from './hicropl.js';
import { initOf, inMaple, inMetaNet } from './prompts.js';
import {
  anyMethod,
  contextShape,
  linear,
  matched,
  named,
  type Place,
  type Published,
  type PublishedFile,
  reductionOf,
  shapeOf,
} from './types.js';

/** An option, unless its value is unknown. */
const ifKnown = <T>(key: string, value: T | undefined): Record<string, T> =>
  value === undefined ? {} : { [key]: value };

const mmaBlock = /^(?:adapter_learner\.)?(?:text|visual|shared)_adapter\.(\d+)\./;

/** MMA's blocks are numbered from 1 in the file, and its adapters from 0 here. */
function inMma(name: string, file: PublishedFile): Place | undefined {
  const [, tower, block, layer, part] =
    /^(?:adapter_learner\.)?(text|visual|shared)_adapter\.(\d+)\.(?:(down|up)\.)?(?:0\.)?(weight|bias)$/.exec(name) ??
    [];
  if (!tower) return undefined;
  const index = Number(block) - Math.min(...matched(file, mmaBlock).map(Number));
  return linear([tower === 'visual' ? 'vision' : tower, index, ...(layer ? [layer] : [])].join('.'), part!);
}

function inMmrl(name: string): Place | undefined {
  if (name === 'image_encoder.proj_rep') return 'projection';
  const [whole, to, layer, part] = /compound_rep_tokens(?:_r2([vt])proj\.(\d+)\.(weight|bias))?$/.exec(name) ?? [];
  if (!whole) return undefined;
  return to ? linear(`${to === 'v' ? 'toVision' : 'toText'}.${layer}`, part!) : 'space';
}

function inMmrlpp(name: string): Place | undefined {
  if (name === 'image_encoder.A') return 'projection.down';
  if (name === 'image_encoder.B') return 'projection.up';
  if (/compound_rep_tokens$/.test(name)) return 'space';
  const [, to, layer, part] = /srra_r2([vt])proj\.(?:srra\.(\d+)\.)?(weight|bias|A|B)$/.exec(name) ?? [];
  if (!to) return undefined;
  const place = to === 'v' ? 'toVision' : 'toText';
  if (layer === undefined) return linear(place, part!);
  if (part === 'bias') return `${place}.layers.${layer}.bias`;
  return [`${place}.layers.${layer}.${part === 'A' ? 'up' : 'down'}`, 'transposed'];
}

/** Tokens and layers of MMRL and MMRL++, which published runs give to all layers from some layer on. */
function sharedTokens(file: PublishedFile, layer: RegExp): Record<string, number> {
  const [tokens, width] = shapeOf(file, /compound_rep_tokens$/) ?? [];
  const count = new Set(matched(file, layer)).size;
  const last = sharedLayers(file.clip);
  return {
    ...ifKnown('tokens', tokens),
    ...ifKnown('width', width),
    ...(count > 0 ? { first: Math.max(2, last - count + 1), last } : {}),
  };
}

function inCoprompt(name: string): Place | undefined {
  const [, tower, index] = /^adapter_(image|text)\.fc\.(0|2)\.weight$/.exec(name) ?? [];
  if (tower) return [`adapters.${tower}.${index === '0' ? 'down' : 'up'}`, 'transposed'];
  return inMaple(name);
}

const inDept: Readonly<Record<string, Place>> = {
  ctx: 'context',
  'film_lp_img.scale': 'channels.image.scale',
  'film_lp_img.bias': 'channels.image.shift',
  'film_lp_text.scale': 'channels.text.scale',
  'film_lp_text.bias': 'channels.text.shift',
  'linear_probe_proj.weight': 'probe.weight',
  'linear_probe_proj.bias': 'probe.bias',
};

const inRpo: Readonly<Record<string, Place>> = { text_prompt: 'text', img_prompt: 'vision' };
const inPlot: Readonly<Record<string, Place>> = { ctx: 'contexts' };
const inPlotpp: Readonly<Record<string, Place>> = { ctx: 'text', ctx_vision: 'vision' };

/** Published implementations of methods that change the towers or their inputs. */
export const publishedInTowers: Readonly<Record<string, Published>> = {
  'clip-lora': clipLoraFile,
  tcp: {
    method: anyMethod(tcp),
    options: file => ({
      ...ifKnown('tokens', contextShape(file)[0]),
      ...reductionOf(shapeOf(file, /meta_net\.linear1\.weight$/)),
    }),
    parameter: inMetaNet,
  },
  mma: {
    method: anyMethod(mma),
    options(file) {
      const blocks = matched(file, mmaBlock).map(Number);
      return {
        ...ifKnown('width', shapeOf(file, /_adapter\.\d+\.down\.0\.weight$/)?.[0]),
        ...(blocks.length > 0 ? { first: Math.min(...blocks), last: Math.max(...blocks) } : {}),
      };
    },
    parameter: inMma,
  },
  mmrl: {
    method: anyMethod(mmrl),
    options: file => sharedTokens(file, /compound_rep_tokens_r2vproj\.(\d+)\./),
    parameter: inMmrl,
  },
  mmrlpp: {
    method: anyMethod(mmrlpp),
    options(file) {
      const [layer, projection] = [/srra\.0\.B$/, /^image_encoder\.B$/].map(ending => shapeOf(file, ending)?.[0]);
      return {
        ...sharedTokens(file, /srra_r2vproj\.srra\.(\d+)\./),
        rank: { ...ifKnown('layer', layer), ...ifKnown('projection', projection) },
      };
    },
    parameter: inMmrlpp,
  },
  coprompt: {
    method: anyMethod(coprompt),
    options: (file, settings) => ({
      ...ifKnown('tokens', contextShape(file)[0]),
      ...initOf(settings),
      depth: 1 + matched(file, /compound_prompts_text\.(\d+)$/).length,
      adapter: reductionOf(shapeOf(file, /adapter_image\.fc\.0\.weight$/)),
    }),
    parameter: inCoprompt,
  },
  hicropl: {
    method: anyMethod(hicropl),
    options: (file, settings) => ({
      ...ifKnown('tokens', contextShape(file)[0]),
      ...initOf(settings),
      depth: new Set(matched(file, /cross_prompts_visual\.(\d+)$/)).size,
      cross: new Set(matched(file, /attn_pooling_text_nets\.(\d+)\./)).size,
    }),
    parameter: inHicropl,
  },
  rpo: {
    method: anyMethod(rpo),
    options: file => ifKnown('pairs', shapeOf(file, /text_prompt$/)?.[0]),
    parameter: named(inRpo),
  },
  dept: {
    method: anyMethod(dept),
    options: file => ifKnown('tokens', contextShape(file)[0]),
    parameter: named(inDept),
  },
  plot: {
    method: anyMethod(plot),
    options(file) {
      const [prompts, tokens] = contextShape(file);
      return { ...ifKnown('prompts', prompts), ...ifKnown('tokens', tokens) };
    },
    parameter: named(inPlot),
    repeats: file => contextShape(file)[0] ?? 1,
  },
  plotpp: {
    method: anyMethod(plotpp),
    options(file) {
      const [prompts, tokens] = shapeOf(file, /ctx_vision$/) ?? [];
      // with this stage, the trained contexts are read
      return { ...ifKnown('prompts', prompts), ...ifKnown('tokens', tokens), stage: 'both' };
    },
    parameter: named(inPlotpp),
    repeats: file => contextShape(file)[0] ?? 1,
  },
};
