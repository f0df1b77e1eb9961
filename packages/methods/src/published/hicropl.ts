import { inLearner, linear, type Place } from './types.js';

const layers: Readonly<Record<string, string>> = {
  linear_q: 'query',
  linear_k: 'key',
  linear_v: 'value',
  'attn.out_proj': 'attention.out',
  'ffn.c_fc': 'up',
  'ffn.c_proj': 'down',
};

/** Where a parameter of the published HiCroPL belongs; those of the networks between the prompts are not trained. */
export function inHicropl(published: string): Place | undefined {
  const name = inLearner(published);
  if (name === 'ctx') return 'text.0';
  const [, side, layer] = /^cross_prompts_(text|visual)\.(\d+)$/.exec(name) ?? [];
  if (side) return `${side}.${layer}`;
  const [, of, number] = /^(text|visual)_proxy_token\.(\d+)$/.exec(name) ?? [];
  if (of) return `flow.${wayFrom(of)}.proxies.${number}`;
  const [, mapsFrom, mapped] = /^(text|visual)2(?:text|visual)_net\.(.*)$/.exec(name) ?? [];
  if (mapsFrom) return inNetwork(`flow.${wayFrom(mapsFrom)}.mapper`, mapped!, 'middle');
  const [, readsFrom, index, read] = /^attn_pooling_(text|visual)_nets\.(\d+)\.(.*)$/.exec(name) ?? [];
  return readsFrom ? inNetwork(`flow.${wayFrom(readsFrom)}.readers.${index}`, read!, 'after') : undefined;
}

const wayFrom = (side: string): string => (side === 'text' ? 'toVision' : 'toText');

/** @param second the name of its second layer norm */
function inNetwork(place: string, name: string, second: string): Place | undefined {
  const [, norm, what] = /^ln_([12])\.(weight|bias)$/.exec(name) ?? [];
  if (norm) return `${place}.${norm === '1' ? 'before' : second}.${what}`;
  const [, fused] = /^attn\.in_proj_(weight|bias)$/.exec(name) ?? [];
  if (fused) return linear(`${place}.attention.qkv`, fused);
  const [, layer, part] = /^(.*)\.(weight|bias)$/.exec(name) ?? [];
  return layer && layers[layer] ? linear(`${place}.${layers[layer]}`, part!) : undefined;
}
