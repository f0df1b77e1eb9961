import { useState } from 'preact/hooks';
import type { Found } from '../../intake/files.js';
import { chooseClip, takeClip } from '../../state/actions.js';
import { clip, clipFiles, stopClip } from '../../state/load.js';
import { change, own, settings } from '../../state/settings.js';
import { t } from '../../strings/index.js';
import controls from '../../style/controls.module.css';
import dataStyles from '../data/data.module.css';
import { Button } from '../parts/button.js';
import { FileButton } from '../parts/file-button.js';
import { Notice } from '../parts/notice.js';
import { ProgressBar } from '../parts/progress.js';
import { Step } from '../step.js';
import styles from './clip.module.css';

const exampleId = 'openai/clip-vit-base-patch32';

/** Step 2: choose a CLIP. */
export function ClipStep() {
  const words = t().clip;
  const { clip: chosen, data } = settings.value;
  const kind = chosen === 'mini' || chosen === 'file' ? chosen : 'hub';
  const { value, busy, progress, error } = clip.value;
  const choices = [
    ['mini', words.mini, words.miniAbout],
    ['hub', words.hub, words.hubAbout],
    ['file', words.file, words.fileAbout],
  ] as const;
  return (
    <Step id="clip" number={2} title={words.title} lead={words.lead}>
      <fieldset>
        <legend class={controls.hidden}>{words.title}</legend>
        <div class={styles.choices}>
          {choices.map(([id, title, about]) => (
            <label key={id} class={dataStyles.task}>
              <input
                type="radio"
                name="clip"
                value={id}
                checked={kind === id}
                onChange={() => void chooseClip(id === 'hub' ? exampleId : id)}
              />
              <b>{title}</b>
              <small>{about}</small>
            </label>
          ))}
        </div>
      </fieldset>
      {kind === 'hub' && <HubId id={chosen} />}
      {kind === 'file' && (
        <div class={controls.row}>
          <FileButton multiple accept=".safetensors,.json" onFiles={files => void takeFiles(files)} id="clip-files">
            {words.chooseFiles}
          </FileButton>
          <span class={controls.hint}>{clipFiles.value?.name ?? words.filesHint}</span>
        </div>
      )}
      {busy && (
        <div class={controls.row}>
          <div style={{ flex: 1 }}>
            <ProgressBar
              label={words.loading}
              share={progress ? progress.done / Math.max(1, progress.total) : 0}
              text={words.loading}
              aside={progress && `${megabytes(progress.done)} / ${megabytes(progress.total)} MB`}
            />
          </div>
          <Button small onClick={stopClip}>
            {t().page.stop}
          </Button>
        </div>
      )}
      {error && <Notice kind="error">{error}</Notice>}
      {value && (
        <p class={styles.facts} data-testid="clip-facts">
          {value.id} · {words.facts(millions(value.parameters), value.imageSize)}
        </p>
      )}
      {value?.notes.map(note => (
        <Notice key={note}>{note}</Notice>
      ))}
      {kind === 'mini' && data === own && <Notice>{words.miniOnPhotos}</Notice>}
    </Step>
  );
}

function HubId({ id }: { id: string }) {
  const words = t().clip;
  const [text, setText] = useState(id);
  return (
    <form
      class={styles.panel}
      onSubmit={event => {
        event.preventDefault();
        change({ clip: text.trim() });
        void takeClip();
      }}
    >
      <label class={controls.field}>
        {words.hubId}
        <input class={controls.input} value={text} onInput={event => setText(event.currentTarget.value)} />
      </label>
      <button type="submit" class={controls.primary}>
        {words.load}
      </button>
    </form>
  );
}

async function takeFiles(found: Found[]): Promise<void> {
  const named = (ending: RegExp) => found.find(({ file }) => ending.test(file.name))?.file;
  const weights = named(/\.safetensors$/i);
  if (!weights) {
    clip.value = { error: t().clip.chooseFile };
    return;
  }
  const [config, tokenizer] = [named(/^config\.json$/i), named(/^tokenizer\.json$/i)];
  clipFiles.value = { kind: 'file', name: weights.name, weights, config, tokenizer };
  await takeClip();
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
const millions = (count: number) => (count >= 1e7 ? `${Math.round(count / 1e6)} M` : `${(count / 1e6).toFixed(1)} M`);
