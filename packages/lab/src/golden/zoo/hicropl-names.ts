const linears: Readonly<Record<string, string>> = {
  linear_q: 'query',
  linear_k: 'key',
  linear_v: 'value',
  'attn.out_proj': 'attention.out',
  'ffn.c_fc': 'up',
  'ffn.c_proj': 'down',
};

/** Our name for a recorded HiCroPL parameter, and whether its value is transposed. */
export function hicroplParameter(recorded: string): string | readonly [string, 'transposed'] {
  const name = recorded.replace('prompt_learner.', '');
  if (name === 'ctx') return 'text.0';
  const [, side, layer] = /^cross_prompts_(text|visual)\.(\d+)$/.exec(name) ?? [];
  if (side) return `${side}.${layer}`;
  const [, of, number] = /^(text|visual)_proxy_token\.(\d+)$/.exec(name) ?? [];
  if (of) return `flow.${of === 'text' ? 'toVision' : 'toText'}.proxies.${number}`;
  const [, from, , net, rest] = /^(?:(text2visual|visual2text)_net|attn_pooling_((?:text|visual))_nets\.(\d+))\.(.*)$/
    .exec(name)!
    .map(part => part ?? '') as [string, string, string, string, string];
  const isPool = from === '';
  const way = isPool
    ? name.includes('pooling_text')
      ? 'toVision'
      : 'toText'
    : from === 'text2visual'
      ? 'toVision'
      : 'toText';
  const place = `flow.${way}.${isPool ? `readers.${net}` : 'mapper'}`;
  if (rest.startsWith('ln_')) {
    const [norm, what] = rest.split('.') as [string, string];
    return `${place}.${norm === 'ln_1' ? 'before' : isPool ? 'after' : 'middle'}.${what}`;
  }
  if (rest.startsWith('attn.in_proj')) {
    const what = rest.endsWith('weight') ? 'weight' : 'bias';
    return what === 'weight' ? [`${place}.attention.qkv.weight`, 'transposed'] : `${place}.attention.qkv.bias`;
  }
  const [linear, what] = [rest.slice(0, rest.lastIndexOf('.')), rest.slice(rest.lastIndexOf('.') + 1)];
  return what === 'weight' ? [`${place}.${linears[linear]}.weight`, 'transposed'] : `${place}.${linears[linear]}.bias`;
}
