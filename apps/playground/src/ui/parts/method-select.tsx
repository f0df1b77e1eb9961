import { useState } from 'preact/hooks';
import { finished } from '../../state/runs.js';
import controls from '../../style/controls.module.css';
import type { MethodResult } from '../../worker/protocol.js';

/** The finished methods, and the selected one: the latest, until another is chosen. */
export function useFinishedMethod() {
  const [chosen, choose] = useState('');
  const results = finished.value.flatMap(({ result }) => result ?? []);
  return { results, result: results.find(({ id }) => id === chosen) ?? results.at(-1), choose };
}

interface MethodSelectProps {
  label: string;
  results: readonly MethodResult[];
  value: string;
  onChoose: (id: string) => void;
  class?: string;
}

/** Chooses one of the finished methods. */
export const MethodSelect = ({ label, results, value, onChoose, class: own = '' }: MethodSelectProps) => (
  <label class={`${controls.field} ${own}`.trim()}>
    {label}
    <select class={controls.select} value={value} onChange={event => onChoose(event.currentTarget.value)}>
      {results.map(({ id, title }) => (
        <option key={id} value={id}>
          {title}
        </option>
      ))}
    </select>
  </label>
);
