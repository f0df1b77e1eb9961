import { unknownName } from '@dgprompt/io';
import { type AnyMethod, type MethodFactory, methodVariant } from '../method/define.js';
import { clap } from './clap.js';
import { clipAdapter } from './clip-adapter.js';
import { clipLora } from './clip-lora.js';
import { cocoop } from './cocoop.js';
import { coop } from './coop.js';
import { coprompt } from './coprompt.js';
import { dept } from './dept.js';
import { dgprompt } from './dgprompt.js';
import { dgpromptFirst } from './dgprompt-first.js';
import { gda } from './gda.js';
import { hicropl } from './hicropl.js';
import { ivlp } from './ivlp.js';
import { kgcoop } from './kgcoop.js';
import { linearProbe } from './linear-probe.js';
import { lpplusplus } from './lpplusplus.js';
import { maple } from './maple.js';
import { mma } from './mma.js';
import { mmrl } from './mmrl.js';
import { mmrlpp } from './mmrlpp.js';
import { plot } from './plot.js';
import { plotpp } from './plotpp.js';
import { prograd } from './prograd.js';
import { promptsrc } from './promptsrc.js';
import { rpo } from './rpo.js';
import { taskres } from './taskres.js';
import { tcp } from './tcp.js';
import { tipAdapter } from './tip-adapter.js';
import { tipAdapterF } from './tip-adapter-f.js';
import { tpt } from './tpt.js';
import { vpt } from './vpt.js';
import { zeroshot } from './zeroshot.js';

const builtIn: readonly AnyMethod[] = [
  zeroshot,
  linearProbe,
  tipAdapter,
  tipAdapterF,
  gda,
  clipAdapter,
  taskres,
  lpplusplus,
  clap,
  coop,
  cocoop,
  vpt,
  ivlp,
  maple,
  kgcoop,
  prograd,
  promptsrc,
  clipLora,
  mma,
  tcp,
  rpo,
  plot,
  plotpp,
  tpt,
  mmrl,
  dept,
  coprompt,
  hicropl,
  mmrlpp,
  dgprompt,
  dgpromptFirst,
];

/** Ids of the methods in this package, in the order of tables. */
export const methodNames: readonly string[] = builtIn.map(({ id }) => id);

/**
 * The method of an id: `maple`, or with one of its variants, `coop:csc`.
 * @param own user-defined methods; they take precedence over built-in ones of the same name
 * @throws one sentence with the nearest known name
 *
 * @example
 * ```ts
 * import { resolveMethod } from '@dgprompt/methods';
 *
 * console.log(resolveMethod('dgprompt:flat+lr=1e-3').definition.title); // DGPrompt
 * ```
 */
export function resolveMethod(id: string, own: readonly AnyMethod[] = []): MethodFactory {
  const known = [...own, ...builtIn] as MethodFactory[];
  const exact = known.find(method => method.id === id);
  if (exact) return exact;
  const [name, variant] = split(id);
  const method = known.find(other => other.id === name);
  if (!method)
    throw new Error(
      unknownName(
        'method',
        name,
        known.map(other => other.id),
      ),
    );
  return variant === undefined ? method : methodVariant(method, variant);
}

function split(id: string): [name: string, variant: string | undefined] {
  const at = id.indexOf(':');
  return at < 0 ? [id, undefined] : [id.slice(0, at), id.slice(at + 1)];
}
