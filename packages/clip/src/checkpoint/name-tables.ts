/** A pattern of names in a library → OpenAI's name, or ours for what OpenAI's models do not have. */
export interface NameRow {
  pattern: RegExp;
  name: string;
  /** Which third of the concatenated queries, keys and values it is (keys and values together are the second). */
  third?: 0 | 1 | 2;
  /** A linear layer, [out, in], where OpenAI multiplies with a matrix, [in, out]. */
  turned?: boolean;
}

const row = (pattern: RegExp, name: string, more: Omit<NameRow, 'pattern' | 'name'> = {}): NameRow => ({
  pattern,
  name,
  ...more,
});

/** Hugging Face transformers: CLIP, MetaCLIP 2 and SigLIP. */
export const huggingFace: readonly NameRow[] = [
  row(/^(logit_scale|logit_bias)$/, '$1'),
  row(/^visual_projection\.weight$/, 'visual.proj', { turned: true }),
  row(/^text_projection\.weight$/, 'text_projection', { turned: true }),
  row(/^vision_model\.embeddings\.class_embedding$/, 'visual.class_embedding'),
  row(/^vision_model\.embeddings\.patch_embedding\./, 'visual.conv1.'),
  row(/^vision_model\.embeddings\.position_embedding\.weight$/, 'visual.positional_embedding'),
  row(/^vision_model\.pre_layrnorm\./, 'visual.ln_pre.'),
  row(/^vision_model\.post_layernorm\./, 'visual.ln_post.'),
  row(/^vision_model\.encoder\.layers\./, 'visual.transformer.resblocks.'),
  row(/^vision_model\.head\.probe$/, 'visual.attn_pool.query'),
  row(/^vision_model\.head\.attention\./, 'visual.attn_pool.attn.'),
  row(/^vision_model\.head\.layernorm\./, 'visual.attn_pool.ln.'),
  row(/^vision_model\.head\.mlp\.fc1\./, 'visual.attn_pool.mlp.c_fc.'),
  row(/^vision_model\.head\.mlp\.fc2\./, 'visual.attn_pool.mlp.c_proj.'),
  row(/^text_model\.embeddings\.token_embedding\.weight$/, 'token_embedding.weight'),
  row(/^text_model\.embeddings\.position_embedding\.weight$/, 'positional_embedding'),
  row(/^text_model\.final_layer_norm\./, 'ln_final.'),
  row(/^text_model\.encoder\.layers\./, 'transformer.resblocks.'),
  row(/^text_model\.head\.weight$/, 'text_projection', { turned: true }),
  row(/^text_model\.head\.bias$/, 'text_projection.bias'),
];

/** The same inside a block. */
export const inTransformersBlock: readonly NameRow[] = [
  row(/\.layer_norm([12])\./, '.ln_$1.'),
  row(/\.mlp\.fc1\./, '.mlp.c_fc.'),
  row(/\.mlp\.fc2\./, '.mlp.c_proj.'),
  row(/\.self_attn\.out_proj\./, '.attn.out_proj.'),
  row(/\.self_attn\.q_proj\./, '.attn.in_proj_', { third: 0 }),
  row(/\.self_attn\.k_proj\./, '.attn.in_proj_', { third: 1 }),
  row(/\.self_attn\.v_proj\./, '.attn.in_proj_', { third: 2 }),
];

/** OpenCLIP's names that differ from OpenAI's. */
export const openClip: readonly NameRow[] = [
  row(/^text_projection\.weight$/, 'text_projection', { turned: true }),
  row(/^visual\.head\.proj\.weight$/, 'visual.proj', { turned: true }),
  row(/^visual\.head\.proj\.bias$/, 'visual.proj.bias'),
];

const block = /^visual\.trunk\.blocks\.(\d+)\./.source;
const inBlock = (inside: string, name: string, more?: Omit<NameRow, 'pattern' | 'name'>): NameRow =>
  row(new RegExp(block + inside), `visual.transformer.resblocks.$1.${name}`, more);
const pool = (inside: string, name: string, more?: Omit<NameRow, 'pattern' | 'name'>): NameRow =>
  row(new RegExp(`^visual\\.trunk\\.attn_pool\\.${inside}`), `visual.attn_pool.${name}`, more);

/** timm's vision transformers inside OpenCLIP: SigLIP, EVA. */
export const timmVision: readonly NameRow[] = [
  row(/^visual\.trunk\.cls_token$/, 'visual.class_embedding'),
  row(/^visual\.trunk\.pos_embed$/, 'visual.positional_embedding'),
  row(/^visual\.trunk\.patch_embed\.proj\./, 'visual.conv1.'),
  row(/^visual\.trunk\.norm_pre\./, 'visual.ln_pre.'),
  row(/^visual\.trunk\.norm\./, 'visual.ln_post.'),
  row(/^visual\.trunk\.head\.weight$/, 'visual.proj', { turned: true }),
  row(/^visual\.trunk\.head\.bias$/, 'visual.proj.bias'),
  inBlock('norm([12])\\.', 'ln_$2.'),
  inBlock('attn\\.qkv\\.(weight|bias)$', 'attn.in_proj_$2'),
  inBlock('attn\\.q_proj\\.(weight|bias)$', 'attn.in_proj_$2', { third: 0 }),
  inBlock('attn\\.k_proj\\.(weight|bias)$', 'attn.in_proj_$2', { third: 1 }),
  inBlock('attn\\.v_proj\\.(weight|bias)$', 'attn.in_proj_$2', { third: 2 }),
  inBlock('attn\\.q_bias$', 'attn.in_proj_bias', { third: 0 }),
  inBlock('attn\\.v_bias$', 'attn.in_proj_bias', { third: 2 }),
  inBlock('attn\\.norm\\.', 'attn.ln.'),
  inBlock('attn\\.proj\\.', 'attn.out_proj.'),
  inBlock('mlp\\.fc1_g\\.', 'mlp.c_gate.'),
  inBlock('mlp\\.fc1(?:_x)?\\.', 'mlp.c_fc.'),
  inBlock('mlp\\.norm\\.', 'mlp.ln.'),
  inBlock('mlp\\.fc2\\.', 'mlp.c_proj.'),
  pool('latent$', 'query'),
  pool('q\\.(weight|bias)$', 'attn.in_proj_$1', { third: 0 }),
  pool('kv\\.(weight|bias)$', 'attn.in_proj_$1', { third: 1 }),
  pool('proj\\.', 'attn.out_proj.'),
  pool('norm\\.', 'ln.'),
  pool('mlp\\.fc1\\.', 'mlp.c_fc.'),
  pool('mlp\\.fc2\\.', 'mlp.c_proj.'),
];
