import { useEffect } from 'preact/hooks';
import { type Found, pastedFiles } from '../../intake/files.js';
import { trySample } from '../../state/actions.js';
import { ready } from '../../state/load.js';
import { finished, training } from '../../state/runs.js';
import { again, current, tryImage } from '../../state/tries.js';
import { t } from '../../strings/index.js';
import controls from '../../style/controls.module.css';
import { Button } from '../parts/button.js';
import { DropZone } from '../parts/drop-zone.js';
import { FileButton } from '../parts/file-button.js';
import { Picture } from '../parts/icons.js';
import { Notice } from '../parts/notice.js';
import { Thumbnail } from '../parts/thumbnail.js';
import { Step } from '../step.js';
import { Answers } from './answers.js';
import { CameraShot } from './camera-shot.js';
import { MoreClasses } from './more-classes.js';
import styles from './try.module.css';

/** Step 4: try one picture with every method. */
export function TryStep() {
  const words = t().try;
  const { image, name, truth, busy, error } = current.value;
  const count = finished.value.length;

  useEffect(() => {
    if (count > 0 && image) void again();
  }, [count]);
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const [file] = pastedFiles(event);
      if (file) void tryImage(file, file.name);
    };
    addEventListener('paste', paste);
    return () => removeEventListener('paste', paste);
  }, []);

  return (
    <Step id="try" number={4} title={words.title} lead={words.lead}>
      <div class={styles.layout}>
        <DropZone title={words.drop} onFiles={take}>
          <div class={styles.picture}>
            {image && (
              <Thumbnail key={name} picture={image} label={truth ? words.pictureOf(truth) : words.unknownPicture} />
            )}
            {truth && <p class={styles.truth}>{words.truth(truth)}</p>}
            <div class={controls.row} style={{ justifyContent: 'center' }}>
              <FileButton small accept="image/*" onFiles={take} id="try-file">
                <Picture /> {words.choose}
              </FileButton>
              <CameraShot />
              <Button small kind="quiet" disabled={!ready.value} onClick={() => void trySample()}>
                {words.sample}
              </Button>
            </div>
          </div>
        </DropZone>
        <div class={styles.side}>
          <p class={controls.hint} role="status">
            {busy ? (training.value ? words.waits : words.working) : count === 0 ? words.untrained : ''}
          </p>
          {error && <Notice kind="error">{error}</Notice>}
          <Answers />
        </div>
      </div>
      <MoreClasses />
    </Step>
  );
}

const take = ([first]: Found[]): void => {
  if (first) void tryImage(first.file, first.file.name);
};
