import { signal } from '@preact/signals';
import { intake } from '../../intake/classes.js';
import type { Found } from '../../intake/files.js';
import { takeOwn } from '../../state/actions.js';
import { reportLeftOut } from '../../state/left-out.js';
import { data, ownProblem } from '../../state/load.js';
import { say } from '../../state/notices.js';
import {
  addPictures,
  type EditedClass,
  ownClasses,
  ownCount,
  removeAll,
  samePictures,
} from '../../state/own-images.js';
import { t } from '../../strings/index.js';
import controls from '../../style/controls.module.css';
import { Button } from '../parts/button.js';
import { DropZone } from '../parts/drop-zone.js';
import { FileButton } from '../parts/file-button.js';
import { Folder, Picture, Plus, Tick } from '../parts/icons.js';
import { Notice } from '../parts/notice.js';
import { CameraPanel, filmed } from './camera-panel.js';
import { ClassCard } from './class-card.js';
import styles from './data.module.css';

const reading = signal(false);
/** The pictures in use. */
const used = signal<readonly EditedClass[]>([]);

/** The user's pictures: dropped, picked, unpacked or filmed. */
export function OwnImages() {
  const words = t().data;
  const classes = ownClasses.value;
  const inUse = data.value.value !== undefined && samePictures(used.value, classes);
  return (
    <>
      <DropZone title={words.drop} hint={words.dropHint} onFiles={files => void take(files)}>
        <div class={controls.row} style={{ justifyContent: 'center' }}>
          <FileButton folder onFiles={files => void take(files)} id="own-folder">
            <Folder /> {words.chooseFolder}
          </FileButton>
          <FileButton multiple accept="image/*,.heic,.zip" onFiles={files => void take(files)} id="own-files">
            <Picture /> {words.chooseFiles}
          </FileButton>
          <Button onClick={() => addPictures([{ name: unusedName(), files: [] }])}>
            <Plus /> {words.newClass}
          </Button>
        </div>
        {reading.value && <p role="status">{words.reading}</p>}
      </DropZone>
      {classes.some(({ id }) => id === filmed.value) && <CameraPanel key={filmed.value} id={filmed.value!} />}
      {classes.length > 0 && (
        <>
          <div class={styles.classes}>
            {classes.map(one => (
              <ClassCard key={one.id} {...one} />
            ))}
          </div>
          {ownProblem.value ? (
            <Notice kind="warning">{ownProblem.value}</Notice>
          ) : (
            <div class={controls.row}>
              <Button
                kind="primary"
                disabled={inUse}
                onClick={() => {
                  used.value = classes;
                  void takeOwn();
                }}
              >
                {inUse ? (
                  <>
                    <Tick /> {words.inUse}
                  </>
                ) : (
                  words.use
                )}
              </Button>
              <Button kind="quiet" onClick={() => void removeAll()}>
                {words.clear}
              </Button>
              <span class={controls.hint}>
                {words.classes(classes.length)} · {words.pictures(ownCount.value)}
              </span>
            </div>
          )}
        </>
      )}
    </>
  );
}

/** Sorts files into classes and reports what was skipped. */
async function take(found: Found[]): Promise<void> {
  reading.value = true;
  try {
    const taken = await intake(found);
    const { classes, loose } = taken;
    if (loose.length > 0) classes.push({ name: unusedName(), files: loose });
    addPictures(classes);
    reportLeftOut(taken);
  } catch (error) {
    say('error', (error as Error).message);
  } finally {
    reading.value = false;
  }
}

function unusedName(): string {
  for (let number = ownClasses.value.length + 1; ; number++) {
    const name = t().data.unnamed(number);
    if (!ownClasses.value.some(one => one.name === name)) return name;
  }
}
