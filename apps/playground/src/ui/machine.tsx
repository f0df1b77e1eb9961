import { offline } from '../offline/register.js';
import { chooseDevice } from '../state/actions.js';
import { settings } from '../state/settings.js';
import { chooseTheme, type Theme, theme } from '../state/theme.js';
import { environment } from '../state/worker.js';
import { type Language, language, languages, nameOf, speak, t } from '../strings/index.js';
import controls from '../style/controls.module.css';
import type { Device } from '../worker/protocol.js';
import styles from './machine.module.css';

/** Theme, language and compute device of this page. */
export function Machine() {
  const { page, machine } = t();
  const facts = environment.value;
  return (
    <div class={styles.machine}>
      <label>
        {page.language}
        <select class={controls.select} value={language.value} onChange={e => speak(e.currentTarget.value as Language)}>
          {languages.map(one => (
            <option key={one} value={one}>
              {nameOf(one)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {page.theme}
        <select class={controls.select} value={theme.value} onChange={e => chooseTheme(e.currentTarget.value as Theme)}>
          {(['system', 'light', 'dark'] as const).map(one => (
            <option key={one} value={one}>
              {page.themes[one]}
            </option>
          ))}
        </select>
      </label>
      <label>
        {machine.device}
        <select
          class={controls.select}
          value={settings.value.device}
          onChange={e => void chooseDevice(e.currentTarget.value as Device)}
        >
          <option value="wasm">{machine.wasm}</option>
          <option value="webgpu" disabled={facts?.webgpu === false}>
            {machine.webgpu}
          </option>
        </select>
      </label>
      <div class={styles.fact} role="status">
        <span data-testid="threads">{facts ? machine.threads(facts.threads, facts.cores) : machine.starting}</span>
        {offline.value && <span>{page.offline}</span>}
        {facts && !facts.isolated && <span>{machine.oneThread}</span>}
      </div>
    </div>
  );
}
