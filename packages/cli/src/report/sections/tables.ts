import type { Section } from '@dgprompt/bench/tables';
import { type Html, html } from '../html.js';
import type { Look } from '../plots/styles.js';
import { baseToNewSection } from './base-to-new.js';
import { fewShotSection } from './few-shot.js';
import { otherSection, transferSection } from './other.js';

/** The tables of a group with their plots, their reading, and notes. */
export function tablesSection(sections: readonly Section[], looks: Map<string, Look>): Html {
  return html`${sections.map(
    section => html`${section.isPart && html`<h3>${section.title}</h3>`}
${section.reading && html`<p class="reading">${section.reading}</p>`}
${body(section, looks)}
${[section.legend, ...section.gaps, section.cost, ...section.citations].map(line => line && html`<p class="note">${line}</p>`)}`,
  )}`;
}

function body(section: Section, looks: Map<string, Look>): Html {
  if (section.table.rows === 'source') return transferSection(section, looks);
  if (section.table.main === 'H') return baseToNewSection(section, looks);
  return section.table.protocol === 'few-shot' ? fewShotSection(section, looks) : otherSection(section, looks);
}
