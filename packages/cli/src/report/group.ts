import { comparable, protocols } from '@dgprompt/bench';
import type { Comparable } from '@dgprompt/bench/records';
import { recordsInOrder } from '@dgprompt/bench/tables';
import type { StoredRun } from './stored-run.js';

/** The runs of one section of the report, which has one table. */
export interface Group extends Comparable {
  /** For links. */
  id: string;
  /** The runs' method names include the settings if a method ran with several. */
  records: StoredRun[];
  /** In table order. */
  methods: string[];
}

/** Sorts runs into sections, in the order of the protocols. */
export function groupsOf(runs: readonly StoredRun[]): Group[] {
  const tables = comparable(recordsInOrder(runs)).sort((a, b) => place(a) - place(b));
  return tables.map(({ records, notes }, i) => {
    const own = records as StoredRun[]; // sorting and renaming keep the other properties
    const methods = distinct(own.map(({ config }) => config.method));
    return { id: `part-${i + 1}`, title: titleOf(own), records: own, methods, ...(notes && { notes }) };
  });
}

const known = Object.keys(protocols);

/** Custom protocols come last. */
function place({ records }: Comparable): number {
  const at = known.indexOf(records[0]!.config.protocol);
  return at < 0 ? known.length : at;
}

/** `Base-to-new on pictograms, 16 shots`. */
function titleOf(runs: readonly StoredRun[]): string {
  const { protocol, suite } = runs[0]!.config;
  const shots = distinct(runs.map(({ config }) => config.shots)).sort((a, b) => a - b);
  const name = (protocol[0]!.toUpperCase() + protocol.slice(1)).replace('Domain-', 'Domain ');
  const trained = shots.some(count => count > 0)
    ? `, ${shots.join(', ')} shot${shots.length === 1 && shots[0] === 1 ? '' : 's'}`
    : '';
  return `${name} on ${suite}${trained}`;
}

/** Values without duplicates, in order of first occurrence. */
export const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
