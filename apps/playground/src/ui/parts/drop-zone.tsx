import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { droppedFiles, type Found } from '../../intake/files.js';
import { sayWhy } from '../../state/notices.js';
import controls from '../../style/controls.module.css';
import styles from './drop-zone.module.css';

interface Props {
  title: string;
  hint?: string;
  onFiles(files: Found[]): void;
  children: ComponentChildren;
}

/** A drop target for files and folders; its buttons do the same by keyboard. */
export function DropZone({ title, hint, onFiles, children }: Props) {
  const [over, setOver] = useState(false);
  return (
    <fieldset
      class={over ? styles.over : styles.zone}
      onDragOver={event => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={event => {
        event.preventDefault();
        setOver(false);
        if (event.dataTransfer) void droppedFiles(event.dataTransfer).then(onFiles, sayWhy);
      }}
    >
      <legend class={controls.hidden}>{title}</legend>
      <p class={styles.title} aria-hidden="true">
        {title}
      </p>
      {children}
      {hint && <p class={controls.hint}>{hint}</p>}
    </fieldset>
  );
}
