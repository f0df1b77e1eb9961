import { useState } from 'preact/hooks';
import { intake } from '../../intake/classes.js';
import { droppedFiles, type Found } from '../../intake/files.js';
import { reportLeftOut } from '../../state/left-out.js';
import { sayWhy } from '../../state/notices.js';
import { addTo, type EditedClass, remove, removePicture, rename } from '../../state/own-images.js';
import { t } from '../../strings/index.js';
import controls from '../../style/controls.module.css';
import { Button, IconButton } from '../parts/button.js';
import { FileButton } from '../parts/file-button.js';
import { Bin, CameraIcon, Cross, Plus } from '../parts/icons.js';
import { Thumbnail, thumbnailStyles } from '../parts/thumbnail.js';
import { filmed } from './camera-panel.js';
import styles from './data.module.css';

/** Thumbnails per class; further pictures are only counted. */
const shown = 12;

/** One of the user's classes: its name, its pictures, and ways to add more. */
export function ClassCard({ id, name, files }: EditedClass) {
  const words = t().data;
  const [over, setOver] = useState(false);
  return (
    <fieldset
      class={over ? styles.over : styles.class}
      onDragOver={event => {
        event.preventDefault();
        event.stopPropagation();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={event => {
        event.preventDefault();
        event.stopPropagation();
        setOver(false);
        if (event.dataTransfer)
          void droppedFiles(event.dataTransfer)
            .then(found => add(id, found))
            .catch(sayWhy);
      }}
    >
      <legend class={controls.hidden}>{name}</legend>
      <div class={styles.name}>
        <input
          class={controls.input}
          aria-label={words.className}
          value={name}
          onInput={event => rename(id, event.currentTarget.value)}
        />
        <IconButton label={words.removeClass(name)} onClick={() => remove(id)}>
          <Bin />
        </IconButton>
      </div>
      {files.length > 0 && (
        <div class={thumbnailStyles.grid}>
          {files.slice(0, shown).map((picture, i) => (
            <div key={`${picture.name} ${picture.file.size}`} class={styles.thumb}>
              <Thumbnail picture={picture.file} label={picture.name} />
              <IconButton label={words.removePicture(picture.name)} onClick={() => removePicture(id, i)}>
                <Cross />
              </IconButton>
            </div>
          ))}
        </div>
      )}
      <div class={controls.row}>
        <FileButton
          small
          multiple
          accept="image/*"
          label={words.addPictures(name)}
          onFiles={found => void add(id, found)}
        >
          <Plus /> {words.add}
        </FileButton>
        <Button
          small
          onClick={() => {
            filmed.value = id;
          }}
        >
          <CameraIcon /> {words.film}
        </Button>
        <span class={controls.hint}>
          {words.pictures(files.length)}
          {files.length > shown && `, ${words.morePictures(files.length - shown)}`}
        </span>
      </div>
    </fieldset>
  );
}

/** Adds pictures to this class, whatever their folders. */
async function add(id: number, found: Found[]): Promise<void> {
  const taken = await intake(found);
  addTo(id, [...taken.loose, ...taken.classes.flatMap(({ files }) => files)]);
  reportLeftOut(taken);
}
