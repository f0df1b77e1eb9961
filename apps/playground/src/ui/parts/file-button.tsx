import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { type Found, pickedFiles } from '../../intake/files.js';
import controls from '../../style/controls.module.css';
import { Button } from './button.js';

interface Props {
  children: ComponentChildren;
  onFiles(files: Found[]): void;
  accept?: string;
  folder?: boolean;
  multiple?: boolean;
  small?: boolean;
  label?: string;
  kind?: 'primary' | 'quiet';
  /** Id of the input, for tests. */
  id?: string;
}

/** A button that opens the picker for files or for a folder. */
export function FileButton({ children, onFiles, accept, folder, multiple, small, label, kind, id }: Props) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button small={small} label={label} kind={kind} onClick={() => input.current?.click()}>
        {children}
      </Button>
      <input
        ref={input}
        id={id}
        type="file"
        class={controls.hidden}
        tabIndex={-1}
        aria-hidden="true"
        accept={accept}
        multiple={multiple || folder}
        {...(folder ? { webkitdirectory: true } : {})}
        onChange={event => {
          onFiles(pickedFiles(event.currentTarget.files));
          event.currentTarget.value = '';
        }}
      />
    </>
  );
}
